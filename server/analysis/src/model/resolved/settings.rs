//! The values of settings: numbers, times, rates and shares that cannot be, and texts that have not the form of what they name.

use archwright_grammar::{
    ast::{Duration, Node, TimeUnit, Value},
    vocabulary::{Kind, row},
};

use super::{Resolved, cron, error, texts};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        expr::text::duration,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// A statement whose values are looked at.
pub(super) struct Setting<'a, 'db> {
    pub(super) cx: Cx<'db>,
    pub(super) item: Item,
    pub(super) node: &'a Node,
    pub(super) path: &'a [u16],
}

/// Checks the values of one statement.
pub(super) fn check(setting: &Setting<'_, '_>, out: &mut Resolved) {
    // What could not be read has a value that nobody wrote.
    if setting.node.broken {
        return;
    }
    let kind = setting.node.kind();
    for (index, argument) in setting.node.args.iter().enumerate() {
        let index = index as u16;
        let found = match &argument.value {
            Value::Duration(time) => setting.time(kind, argument.slot, *time, index),
            Value::DurationRange(from, to) => setting.pauses(*from, *to, index),
            Value::Rate(rate) => {
                if rate.per.count == 0 {
                    let message = format!("{} per nothing: a rate is counted over some time", rate.count);
                    Some(setting.range(index, message, "Write a time: `10 per 15m`, `60 per minute`."))
                } else if rate.count == 0 {
                    nothing_per(kind).map(|(message, help)| setting.range(index, message.to_owned(), help))
                } else {
                    None
                }
            }
            Value::Int(number) => setting.number(kind, *number, index),
            Value::Percent(millionths) => setting.share(kind, *millionths, index),
            Value::IntRange(0, Some(0)) if kind == Kind::Scale => Some(setting.range(
                index,
                "a service of no instances answers nobody".to_owned(),
                "Write how many run: `scale 1..4`; where the platform may stop it, `scale 0..4`.",
            )),
            Value::String(text) if argument.slot == "cron" => cron::check(setting, text, index),
            Value::String(text) => texts::check(setting, kind, text, index),
            Value::Secret(name) => texts::secret(setting, name, index),
            _ => None,
        };
        out.findings.extend(found);
    }
}

/// What a rate of none means where it cannot be meant.
fn nothing_per(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Limit => Some((
            "a limit of 0 lets nobody in",
            "Write how often it may be used; `limit off` sets no limit.",
        )),
        Kind::Lockout => Some((
            "0 wrong tries lock every account before anybody has tried",
            "Write how many wrong tries are allowed: `lockout 10 per 15m`.",
        )),
        Kind::Load => Some((
            "a load of 0 is no promise",
            "Write how many requests the service carries, or leave `load` out.",
        )),
        _ => None,
    }
}

impl Setting<'_, '_> {
    /// A finding at one argument.
    pub(super) fn finding(&self, code: &'static str, index: u16, message: String, help: &str) -> Finding {
        let loc = Loc::at(self.path, Part::Arg(index));
        error(self.cx, self.item, code, loc, self.path, message).help(help)
    }

    fn range(&self, index: u16, message: String, help: &str) -> Finding {
        self.finding("type.out_of_range", index, message, help)
    }

    /// A repair that puts another value in the place of an argument.
    fn instead(&self, index: u16, text: String) -> FixPlan {
        self.repair(index, format!("Write `{text}`"), text)
    }

    /// The same, with a title of its own.
    pub(super) fn repair(&self, index: u16, title: String, text: String) -> FixPlan {
        let place = Place::new(self.item, Loc::at(self.path, Part::Arg(index)));
        FixPlan::suggest(title, vec![Step::Replace(place, text)]).preferred()
    }

    /// Times of nothing where something has to happen in them, and months where requests are waited for.
    fn time(&self, kind: Kind, slot: &str, time: Duration, index: u16) -> Option<Finding> {
        let shown = duration(time);
        if time.count == 0 {
            let (why, help) = match kind {
                Kind::Timeout => (
                    "in no time nothing is finished: every attempt would fail",
                    "Write how long it may take; `timeout off` sets no bound.",
                ),
                Kind::Latency => (
                    "no answer takes no time",
                    "Write how long an answer may take: `latency p99 300ms`.",
                ),
                Kind::Lifetime => (
                    "a credential that is good for no time lets nobody in",
                    "Write how long it is good for: `lifetime 12h`.",
                ),
                Kind::Idle => (
                    "a session that may not rest ends at once",
                    "Write how long it may rest: `idle 30m`.",
                ),
                Kind::Rotate => (
                    "keys cannot change all the time",
                    "Write how often they change: `rotate 90d`.",
                ),
                Kind::CacheFor | Kind::Ttl => (
                    "what is kept for no time is not kept",
                    "Write how long it may be reused, or leave it out.",
                ),
                Kind::Retain => (
                    "rows that are kept for no time are gone as soon as they are written",
                    "Write how long they are kept: `retain 7y then erase`.",
                ),
                Kind::Job => (
                    "a job that runs all the time never ends",
                    "Write how often it runs: `every 1d`.",
                ),
                Kind::Backup => (
                    "backups that are kept for no time restore nothing",
                    "Write how long they are kept: `keep 30d`; `backup off` makes none.",
                ),
                Kind::Verify => (
                    "every message is older than that, so none would be accepted",
                    "Write how old a message may be: `within 5m`.",
                ),
                _ => return None,
            };
            return Some(self.range(index, format!("`{shown}`: {why}"), help));
        }
        let waited = match kind {
            Kind::Timeout | Kind::Latency | Kind::Verify => true,
            Kind::Retry => slot.starts_with("backoff"),
            _ => false,
        };
        (waited && time.unit >= TimeUnit::Month).then(|| self.months(time, index))
    }

    /// `3mo` where `3m` or `3ms` was meant.
    fn months(&self, time: Duration, index: u16) -> Finding {
        let word = self.node.form.word;
        let unit = if time.unit == TimeUnit::Month {
            "months"
        } else {
            "years"
        };
        let message = format!(
            "`{word}` waits {} {unit}: no request is open for so long",
            time.count
        );
        let found = self.range(
            index,
            message,
            "Milliseconds are `ms`, seconds `s`, minutes `m`; `mo` are months.",
        );
        if time.unit == TimeUnit::Month {
            let fix = |unit: &str| self.instead(index, format!("{}{unit}", time.count));
            let mut second = fix("ms");
            second.preferred = false;
            found.fix(fix("m")).fix(second)
        } else {
            found
        }
    }

    fn pauses(&self, from: Duration, to: Duration, index: u16) -> Option<Finding> {
        // The parser has spoken about those that end before they begin.
        if from.count == 0 {
            let instead = format!("100ms..{}", duration(to));
            return Some(
                self.range(
                    index,
                    "pauses that begin with nothing never grow".to_owned(),
                    "Write the shortest pause: `backoff 100ms..5s`.",
                )
                .fix(self.instead(index, instead)),
            );
        }
        [from, to]
            .into_iter()
            .find(|time| time.unit >= TimeUnit::Month)
            .map(|time| {
                let unit = if time.unit == TimeUnit::Month {
                    "months"
                } else {
                    "years"
                };
                let message = format!("a pause of {} {unit}: nobody waits for the next try", time.count);
                self.range(
                    index,
                    message,
                    "Milliseconds are `ms`, seconds `s`, minutes `m`; `mo` are months.",
                )
            })
    }

    fn number(&self, kind: Kind, number: i64, index: u16) -> Option<Finding> {
        let (message, help) = match (kind, number) {
            (Kind::QueryLimit, 0) => (
                "a query of no rows finds nothing",
                "Write at most how many rows it gives: `limit 100`.",
            ),
            (Kind::Paginate, 0) => (
                "pages of nothing never end",
                "Write how large a page may be: `max 100`.",
            ),
            (Kind::Pool, 0) => (
                "without connections the store is never reached",
                "Write how many connections an instance may open: `pool 20`.",
            ),
            (Kind::MinLength, 0) => (
                "a password of no characters is no password",
                "Write how many characters it needs at least: `min 12`.",
            ),
            _ => return None,
        };
        let word = row(kind).word;
        Some(self.range(index, format!("`{word} {number}`: {message}"), help))
    }

    fn share(&self, kind: Kind, millionths: u32, index: u16) -> Option<Finding> {
        const WHOLE: u32 = 1_000_000;
        match kind {
            Kind::Availability if millionths > WHOLE => Some(self.range(
                index,
                "nothing is available for more than all of the time".to_owned(),
                "Write at most 100%: `availability 99.9%`.",
            )),
            Kind::Availability if millionths == 0 => Some(self.range(
                index,
                "an availability of 0% promises that it never works".to_owned(),
                "Write the share of requests that are answered well: `availability 99.9%`.",
            )),
            Kind::Scale if millionths == 0 => Some(self.range(
                index,
                "at 0% there is always a reason for one more instance".to_owned(),
                "Write from which load on more are added: `on cpu 70%`.",
            )),
            _ => None,
        }
    }
}
