//! Statements beside each other in one block: said twice, contradicting, or without effect.

mod layers;

use archwright_grammar::{
    ast::{Node, Value},
    vocabulary::Kind,
};

use super::{Resolved, doubled, schemes, settings::Setting};
use crate::{
    diagnostic::Severity,
    model::{
        expr::text::duration,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        read::fact_of,
    },
};

/// Checks a statement and, if it has a block, what stands in it; its references are known.
pub(super) fn check(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let node = setting.node;
    doubled::check(setting, out);
    match node.kind() {
        _ if node.broken => {}
        Kind::Scale => scale(setting, out),
        Kind::Retry => retry(setting, out),
        Kind::DeadLetter => dead_letter(setting, out),
        _ => {}
    }
    let children = node.children();
    if children.is_empty() {
        return;
    }
    match node.kind() {
        Kind::Service => layers::check(setting, out),
        Kind::Slo => latencies(setting, out),
        Kind::Auth => schemes::check(setting, out),
        Kind::Environment => scales(setting, out),
        Kind::Client => internals(setting, out),
        Kind::Policy => lines(setting, out),
        _ => {}
    }
    limits(setting, out);
    mutual(setting, out);
}

pub(super) type Path = smallvec::SmallVec<[u16; 4]>;

pub(super) fn below(path: &[u16], index: usize) -> Path {
    let mut path: Path = path.into();
    path.push(index as u16);
    path
}

pub(super) fn place(setting: &Setting<'_, '_>, path: &[u16], part: Part) -> Place {
    Place::new(setting.item, Loc::at(path, part))
}

pub(super) fn found(
    setting: &Setting<'_, '_>,
    code: &'static str,
    severity: Severity,
    (path, part): (&[u16], Part),
    message: String,
) -> Finding {
    let finding = super::error(setting.cx, setting.item, code, Loc::at(path, part), path, message);
    Finding { severity, ..finding }
}

/// Something that can be left out without a difference.
fn no_effect(setting: &Setting<'_, '_>, at: (&[u16], Part), message: String) -> Finding {
    found(setting, "type.no_effect", Severity::Warning, at, message)
}

pub(super) fn remove(setting: &Setting<'_, '_>, what: &str, path: &[u16]) -> FixPlan {
    let step = Step::Remove(place(setting, path, Part::Head));
    FixPlan::suggest(format!("Remove {what}"), vec![step]).preferred()
}

/// The index of the first argument in a slot, with its value.
pub(super) fn argument<'a>(node: &'a Node, slot: &str) -> Option<(u16, &'a Value)> {
    let index = node.args.iter().position(|argument| argument.slot == slot)?;
    Some((index as u16, &node.args[index].value))
}

/// Percentiles that are promised twice, or that contradict each other.
fn latencies(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let mut known: Vec<(String, u64, String, Place)> = Vec::new();
    for (index, child) in setting.node.children().iter().enumerate() {
        if child.kind() != Kind::Latency || child.broken {
            continue;
        }
        let path = below(setting.path, index);
        let (Some((_, Value::Word(percentile))), Some((at, Value::Duration(time)))) =
            (argument(child, "percentile"), argument(child, "time"))
        else {
            continue;
        };
        let (name, millis, shown) = (percentile.text.to_string(), time.millis(), duration(*time));
        let head = place(setting, &path, Part::Head);
        if let Some((_, _, _, first)) = known.iter().find(|(other, ..)| *other == name) {
            let message = format!("`{name}` is promised twice: only one of them can be meant");
            out.findings.push(
                found(
                    setting,
                    "type.contradiction",
                    Severity::Error,
                    (&path, Part::Head),
                    message,
                )
                .related("the first one", first.clone())
                .fix(remove(setting, "this promise", &path)),
            );
            continue;
        }
        let clash = known.iter().find(|(other, theirs, ..)| {
            (*other < name && *theirs > millis) || (*other > name && *theirs < millis)
        });
        if let Some((other, _, theirs, first)) = clash {
            let (low, slow, high, fast) = if *other < name {
                (other, theirs, &name, &shown)
            } else {
                (&name, &shown, other, theirs)
            };
            let message = format!(
                "{high} is {fast} and {low} is {slow}: what the slowest keep, the others keep too, so {low} cannot be longer"
            );
            out.findings.push(
                found(
                    setting,
                    "type.contradiction",
                    Severity::Error,
                    (&path, Part::Arg(at)),
                    message,
                )
                .help(format!("Give {low} at most the time of {high}."))
                .related(format!("`{other}`"), first.clone()),
            );
        }
        known.push((name, millis, shown, head));
    }
}

/// Endpoints that only services may call, used by a program outside.
fn internals(setting: &Setting<'_, '_>, out: &mut Resolved) {
    for (index, child) in setting.node.children().iter().enumerate() {
        if child.kind() != Kind::ClientUses {
            continue;
        }
        let path = below(setting.path, index);
        for (at, _) in child.args.iter().enumerate() {
            let Some(def) = out.meaning(&Loc::at(&path, Part::Ref(at as u16, 0))) else {
                continue;
            };
            let Some(internal) = def.op(setting.cx.db).and_then(|op| op.internal.as_ref()) else {
                continue;
            };
            let message = format!(
                "{} is `internal`: only services may call it, and a client is none",
                setting.cx.qualified(def)
            );
            let at = (path.as_slice(), Part::Arg(at as u16));
            out.findings.push(
                found(setting, "type.contradiction", Severity::Error, at, message)
                    .help("Use an endpoint that is meant for clients, or take `internal` away.")
                    .related("`internal`", Place::new(def.item, internal.clone())),
            );
        }
    }
}

/// Two numbers of instances for one service.
fn scales(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let mut known: Vec<(crate::model::def::Def, Place)> = Vec::new();
    for (index, child) in setting.node.children().iter().enumerate() {
        if child.kind() != Kind::EnvironmentScale {
            continue;
        }
        let path = below(setting.path, index);
        let Some((at, Value::Ref(_))) = argument(child, "service") else {
            continue;
        };
        let Some(service) = out.meaning(&Loc::at(&path, Part::Ref(at, 0))) else {
            continue;
        };
        match known.iter().find(|(other, _)| *other == service) {
            Some((_, first)) => {
                let message = format!(
                    "{} has been scaled here already: only one of them can be meant",
                    setting.cx.name(service.item)
                );
                out.findings.push(
                    found(
                        setting,
                        "type.contradiction",
                        Severity::Error,
                        (&path, Part::Head),
                        message,
                    )
                    .related("the first one", first.clone())
                    .fix(remove(setting, "this `scale`", &path)),
                );
            }
            None => known.push((service, place(setting, &path, Part::Head))),
        }
    }
}

/// Lines of a policy that are said twice, or denied and allowed at once.
fn lines(setting: &Setting<'_, '_>, out: &mut Resolved) {
    type Side = Option<crate::model::def::Def>;
    let mut known: Vec<(Kind, Side, Side, Path)> = Vec::new();
    for (index, child) in setting.node.children().iter().enumerate() {
        if !matches!(child.kind(), Kind::PolicyDeny | Kind::PolicyAllow) {
            continue;
        }
        let path = below(setting.path, index);
        let side = |slot: &str| -> Option<Side> {
            match argument(child, slot)? {
                (_, Value::Star) => Some(None),
                (at, _) => out.meaning(&Loc::at(&path, Part::Ref(at, 0))).map(Some),
            }
        };
        let (Some(from), Some(to)) = (side("from"), side("to")) else {
            continue;
        };
        let Some((kind, _, _, first)) = known
            .iter()
            .find(|(_, other_from, other_to, _)| *other_from == from && *other_to == to)
        else {
            known.push((child.kind(), from, to, path));
            continue;
        };
        let first = place(setting, first, Part::Head);
        let finding = if *kind == child.kind() {
            let message = "the policy says this already: a second time changes nothing".to_owned();
            no_effect(setting, (&path, Part::Head), message)
                .fix(remove(setting, "this line", &path).harmless())
        } else {
            let message =
                "the policy denies and allows the same dependency: only one of them can hold".to_owned();
            found(
                setting,
                "type.contradiction",
                Severity::Error,
                (&path, Part::Head),
                message,
            )
            .help("Keep the one that is meant.")
        };
        out.findings.push(finding.related("the first one", first));
    }
}

/// A reason to add instances where none can be added.
fn scale(setting: &Setting<'_, '_>, out: &mut Resolved) {
    if let (Some((_, Value::IntRange(from, Some(to)))), Some((at, _))) =
        (argument(setting.node, "range"), argument(setting.node, "on"))
        && from == to
        && *from > 0
    {
        let message = format!("there are always {from} instances, so no load adds one: `on` has no effect");
        out.findings.push(
            no_effect(setting, (setting.path, Part::Arg(at)), message)
                .help("Give the range room, `2..10`, or leave out what adds more."),
        );
    }
}

/// Pauses between tries that are never made.
fn retry(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let backoff = argument(setting.node, "backoff").or_else(|| argument(setting.node, "backoff_fixed"));
    if let (Some((_, Value::Int(0))), Some((at, _))) = (argument(setting.node, "count"), backoff) {
        let message = "nothing is tried again, so there are no pauses: `backoff` has no effect".to_owned();
        out.findings.push(
            no_effect(setting, (setting.path, Part::Arg(at)), message)
                .help("Write how often it is tried again, or `retry 0` alone."),
        );
    }
}

/// Messages that are let go, and somebody who is told about them.
fn dead_letter(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let node = setting.node;
    if let (true, Some((_, Value::Ref(team)))) = (node.has("off"), argument(node, "team")) {
        let team = fact_of(team, Loc::default()).text();
        let head = || place(setting, setting.path, Part::Head);
        let fix =
            |text: String| FixPlan::suggest(format!("Write `{text}`"), vec![Step::Replace(head(), text)]);
        let message = "with `off` no message is kept, so there is none to alert anybody about".to_owned();
        out.findings.push(
            found(
                setting,
                "type.contradiction",
                Severity::Error,
                (setting.path, Part::Head),
                message,
            )
            .help("Keep the messages, or accept losing them.")
            .fix(fix(format!("dead_letter alert {team}")).preferred())
            .fix(fix("dead_letter off".to_owned())),
        );
    }
}

/// Limits that another one of the same block makes pointless.
fn limits(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let mut known: Vec<(String, archwright_grammar::ast::Rate, Path)> = Vec::new();
    for (index, child) in setting.node.children().iter().enumerate() {
        if child.kind() != Kind::Limit || child.broken {
            continue;
        }
        let Some((_, Value::Rate(rate))) = argument(child, "rate") else {
            continue;
        };
        let by = child
            .word_in("by")
            .map(|word| word.text.to_string())
            .unwrap_or_default();
        let path = below(setting.path, index);
        let same = |(other_by, other, _): &&(String, archwright_grammar::ast::Rate, Path)| {
            *other_by == by && other.per.millis() == rate.per.millis()
        };
        if let Some((_, other, first)) = known.iter().find(same) {
            let (wide, narrow) = if rate.count >= other.count {
                (&path, first)
            } else {
                (first, &path)
            };
            let message = if rate.count == other.count {
                "the same limit stands here already: a second time changes nothing"
            } else {
                "another limit is reached first, so this one is never met"
            };
            let fix = remove(setting, "this `limit`", wide);
            out.findings.push(
                no_effect(setting, (wide, Part::Head), message.to_owned())
                    .related("the other limit", place(setting, narrow, Part::Head))
                    .fix(if rate.count == other.count {
                        fix.harmless()
                    } else {
                        fix
                    }),
            );
            continue;
        }
        known.push((by, *rate, path));
    }
}

/// A link that proves both ends by TLS, without TLS.
fn mutual(setting: &Setting<'_, '_>, out: &mut Resolved) {
    let children = setting.node.children();
    let position = |kind: Kind| children.iter().position(|child| child.kind() == kind);
    let Some(off) = position(Kind::Tls).filter(|index| {
        let word = children[*index].word_in("tls");
        word.is_some_and(|word| word.text == "off")
    }) else {
        return;
    };
    let Some(with) = position(Kind::CallWith).or_else(|| position(Kind::UseAuth)) else {
        return;
    };
    let with_path = below(setting.path, with);
    let mut schemes = 0;
    let mut mutual = 0;
    for (index, argument) in children[with].args.iter().enumerate() {
        if argument.slot != "scheme" {
            continue;
        }
        schemes += 1;
        let meaning = out.meaning(&Loc::at(&with_path, Part::Ref(index as u16, 0)));
        let kind = meaning
            .and_then(|def| setting.cx.auth(def.item))
            .map(|auth| auth.kind.clone());
        mutual += usize::from(kind.is_some_and(|kind| kind == "mtls"));
    }
    if schemes == 0 || mutual < schemes {
        return;
    }
    let path = below(setting.path, off);
    let message = "`mtls` proves both sides by TLS, and here TLS is off: nobody can be proven".to_owned();
    out.findings.push(
        found(
            setting,
            "type.contradiction",
            Severity::Error,
            (&path, Part::Head),
            message,
        )
        .help("Leave `tls off` out, or take another scheme.")
        .related("the scheme", place(setting, &with_path, Part::Head))
        .fix(remove(setting, "`tls off`", &path)),
    );
}
