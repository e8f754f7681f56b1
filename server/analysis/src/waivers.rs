//! Which findings a `waive` silences, and which waivers no longer do anything: computed with the findings of all other
//! rules in hand.

use archwright_grammar::{
    ast::{Date, Node, Tree},
    vocabulary::{FORMS, Kind, Place as BlockPlace},
};
use rustc_hash::FxHashMap;

use crate::{
    config::Config,
    db::{Db, Item, facts, parsed},
    diagnostic::{Severity, State},
    files::Files,
    model::{
        facts::Waiver,
        finding::{Finding, Place},
        resolved::element,
    },
    rules::{
        evolution::waiver_stale::{self, Use},
        rule,
    },
};

/// What waivers do to findings.
pub(crate) struct Applied {
    /// For each finding, whether it counts.
    pub states: Vec<State>,
    /// What is wrong with the waivers themselves; these always count.
    pub findings: Vec<Finding>,
    /// What each waiver does, item by item in the order of their text.
    pub uses: Vec<Used>,
}

/// What one waiver does.
pub(crate) struct Used {
    /// Its number among the item's waivers.
    pub number: usize,
    /// How many findings it silences, or would, were it in force.
    pub findings: usize,
}

/// Applies all waivers of `items` to `findings`, which are those of all other rules, in any order.
///
/// A waiver silences its rule for the item or member in whose block it stands: for findings on it and on its statements,
/// not for those on the members inside. It works through the day of its date. One without a reason works too, and is
/// reported. Findings whose rule the configuration leaves out neither count nor make a waiver useful.
///
/// A rule that the configuration calls `non_waivable` is silenced by nothing.
pub(crate) fn apply(
    db: &dyn Db,
    files: &Files,
    config: &Config,
    items: &[Item],
    findings: &[Finding],
) -> Applied {
    let mut by_item: FxHashMap<Item, Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        by_item.entry(finding.at.item).or_default().push(index);
    }
    let mut applied = Applied {
        states: vec![State::New; findings.len()],
        findings: Vec::new(),
        uses: Vec::new(),
    };
    for &item in items {
        let waivers = &facts(db, item).waivers;
        if waivers.is_empty() {
            continue;
        }
        let file = files.owner(item).and_then(|file| files.get(file));
        let path = file.map_or("", |file| file.path.as_str());
        let mut by_block: FxHashMap<(String, &[u16]), Vec<usize>> = FxHashMap::default();
        for (number, waiver) in waivers.iter().enumerate() {
            by_block
                .entry((canonical(waiver), block(waiver)))
                .or_default()
                .push(number);
        }
        // For each waiver the worst severity that it silences, or would if its date had not passed.
        let mut worst: Vec<Option<Severity>> = vec![None; waivers.len()];
        let mut counts = vec![0; waivers.len()];
        for &index in by_item.get(&item).map(Vec::as_slice).unwrap_or_default() {
            let finding = &findings[index];
            let Some(severity) = waivable(finding)
                .then(|| config.severity(finding.code, finding.severity, path))
                .flatten()
            else {
                continue;
            };
            let forbidden = config.forbids_waivers_of(finding.code).is_some();
            let way = finding.at.loc.path.as_slice();
            let speaking = owners(parsed(db, item), way).into_iter().filter_map(|depth| {
                let block = way.get(..depth)?;
                by_block.get(&(finding.code.to_owned(), block))
            });
            for &number in speaking.flatten() {
                let waiver = &waivers[number];
                worst[number] = Some(worst[number].map_or(severity, |known| known.min(severity)));
                counts[number] += 1;
                if !forbidden && waiver.until.is_none_or(|until| until >= config.today) {
                    applied.states[index] = State::Waived {
                        because: waiver.because.as_deref().unwrap_or_default().to_owned(),
                    };
                }
            }
        }
        applied.findings.extend(
            waivers
                .iter()
                .zip(worst)
                .filter_map(|(waiver, worst)| judge(db, config, path, item, waiver, worst)),
        );
        let uses = counts.into_iter().enumerate();
        applied
            .uses
            .extend(uses.map(|(number, findings)| Used { number, findings }));
    }
    applied
}

/// What is wrong with one waiver.
fn judge(
    db: &dyn Db,
    config: &Config,
    path: &str,
    item: Item,
    waiver: &Waiver,
    worst: Option<Severity>,
) -> Option<Finding> {
    let facts = facts(db, item);
    let id = canonical(waiver);
    let runs = rule(&id).is_some_and(|rule| config.severity(rule.id, rule.severity, path).is_some());
    let used = match worst {
        Some(worst) => Use::Silences(worst),
        // What a broken item lacks may just be untyped, so nothing can be said of what its waivers silence.
        None if runs && !facts.broken => Use::Nothing,
        None => Use::Unknown,
    };
    let element = element(facts, &waiver.loc.path, parsed(db, item).node.as_ref());
    waiver_stale::judge(
        waiver,
        &id,
        used,
        config.forbids_waivers_of(&id),
        config.today,
        &element,
        &Place::new(item, waiver.loc.clone()),
    )
}

/// The id of a waiver's rule as the catalogue writes it: the one that holds today.
pub(crate) fn canonical(waiver: &Waiver) -> String {
    rule(&waiver.rule).map_or_else(
        || waiver.rule.replace('/', ".").replace('-', "_"),
        |rule| rule.id.to_owned(),
    )
}

/// Only rules can be waived, and not the one that watches over waivers.
fn waivable(finding: &Finding) -> bool {
    rule(finding.code).is_some() && finding.code != waiver_stale::RULE.id
}

/// The way to the block that a waiver stands in.
fn block(waiver: &Waiver) -> &[u16] {
    waiver.loc.path.split_last().map_or(&[], |(_, block)| block)
}

/// The depths of the blocks whose `waive` may speak for what stands at `path`: the innermost block along it that may hold
/// one. A call belongs to its operation, so for a call's own block the one around it counts too.
fn owners(tree: &Tree, path: &[u16]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let Some(root) = tree.node.as_ref() else {
        return found;
    };
    let mut chain = vec![root];
    let mut node = root;
    for &index in path {
        match node.children().get(usize::from(index)) {
            Some(child) => node = child,
            None => break,
        }
        chain.push(node);
    }
    for (depth, node) in chain.iter().enumerate().rev() {
        if may_hold(node) {
            found.push(depth);
            if node.kind() != Kind::Calls {
                break;
            }
        }
    }
    found
}

fn may_hold(node: &Node) -> bool {
    node.form
        .block
        .place()
        .is_some_and(|place| waivable_places().contains(&place))
}

/// The blocks that take a `waive`.
fn waivable_places() -> &'static [BlockPlace] {
    FORMS
        .iter()
        .find(|form| form.kind == Kind::Waive)
        .map_or(&[], |form| form.places)
}

/// Days since a fixed day long ago: differences of two are numbers of days.
pub(crate) fn day_number(date: Date) -> i64 {
    // The year is taken to begin in March, so that the leap day is its last.
    let (year, month) = if date.month > 2 {
        (i64::from(date.year), i64::from(date.month) - 3)
    } else {
        (i64::from(date.year) - 1, i64::from(date.month) + 9)
    };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(date.day)
}

/// The date that many days later.
pub(crate) fn later(date: Date, days: i64) -> Date {
    let mut at = date;
    for _ in 0..days {
        at = next(at);
    }
    at
}

fn next(date: Date) -> Date {
    let leap =
        (date.year.is_multiple_of(4) && !date.year.is_multiple_of(100)) || date.year.is_multiple_of(400);
    let length = match date.month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if date.day < length {
        Date {
            day: date.day + 1,
            ..date
        }
    } else if date.month < 12 {
        Date {
            month: date.month + 1,
            day: 1,
            ..date
        }
    } else {
        Date {
            year: date.year + 1,
            month: 1,
            day: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, day_number, later};
    use crate::{Config, Host, Profile, diagnostic::State};

    const fn date(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    /// `line severity code` of lists without pages and of waivers, with `waived: reason` for what does not count.
    fn check(text: &str, profile: Profile) -> Vec<String> {
        let mut host = Host::new(Config {
            profile,
            today: date(2026, 11, 21),
            ..Config::default()
        });
        let file = host.set_file("main.arch", text);
        host.settle();
        // What other rules say of these texts is not the matter.
        let ours = [
            "syntax.",
            "evolution.",
            "api.unpaginated_list",
            "data.unclassified_field",
            "scale.call_without_timeout",
            "boundary.shared_datastore",
        ];
        host.diagnostics(file)
            .iter()
            .filter(|found| ours.iter().any(|code| found.code.starts_with(code)))
            .map(|found| {
                let line = host
                    .position(file, found.at.range.start, crate::Encoding::Utf8)
                    .line
                    + 1;
                match &found.state {
                    State::New => format!("{line} {} {}", found.severity.word(), found.code),
                    State::Waived { because } => format!("{line} {} waived: {because}", found.code),
                    State::Baselined => format!("{line} {} baselined", found.code),
                }
            })
            .collect()
    }

    fn lists(service: &str, endpoint: &str) -> String {
        format!(
            "auth Session: cookie
role Clerk: staff
service Wards {{
  auth Session
  {service}
  entity Ward {{ id: uuid @id }}
  endpoint wards GET /v1/wards -> [Ward] {{ allow Clerk; reads Ward; {endpoint} }}
}}
"
        )
    }

    #[test]
    fn a_waiver_speaks_for_its_own_block_only() {
        let waiver = "waive api.unpaginated_list until 2027-06-30 because \"thirty wards\"";
        assert_eq!(
            check(&lists("", waiver), Profile::Recommended),
            ["7 api.unpaginated_list waived: thirty wards"]
        );
        assert_eq!(
            check(&lists(waiver, ""), Profile::Recommended),
            ["5 hint evolution.waiver_stale", "7 warning api.unpaginated_list"]
        );
    }

    #[test]
    fn the_last_day_still_counts() {
        let waiver = |date: &str| format!("waive api/unpaginated-list until {date} because \"few\"");
        let of = |date: &str| check(&lists("", &waiver(date)), Profile::Recommended);
        assert_eq!(of("2026-12-06"), ["7 api.unpaginated_list waived: few"]);
        assert_eq!(
            of("2026-12-05"),
            [
                "7 api.unpaginated_list waived: few",
                "7 info evolution.waiver_stale"
            ]
        );
        assert_eq!(
            of("2026-11-21"),
            [
                "7 api.unpaginated_list waived: few",
                "7 info evolution.waiver_stale"
            ]
        );
        assert_eq!(
            of("2026-11-20"),
            [
                "7 warning api.unpaginated_list",
                "7 warning evolution.waiver_stale"
            ]
        );
        assert_eq!(
            of("2026-10-22"),
            [
                "7 warning api.unpaginated_list",
                "7 warning evolution.waiver_stale"
            ]
        );
        assert_eq!(
            of("2026-10-21"),
            ["7 warning api.unpaginated_list", "7 error evolution.waiver_stale"]
        );
    }

    #[test]
    fn rules_to_come_are_neither_unknown_nor_useless() {
        let of = |rule: &str| {
            let waiver = format!("paginate cursor max 10; waive {rule} because \"so it is\"");
            check(
                &lists("", &waiver).replace("[Ward]", "page Ward"),
                Profile::Recommended,
            )
        };
        let to_come = crate::rules::catalogue::CATALOGUE
            .iter()
            .find(|(id, _)| crate::rules::rule(id).is_none());
        if let Some((id, _)) = to_come {
            assert_eq!(of(id), [""; 0]);
        }
        assert_eq!(of("api.missing_rate_limits"), ["7 error evolution.waiver_stale"]);
        assert_eq!(of("api.unpaginated_list"), ["7 hint evolution.waiver_stale"]);
        assert_eq!(of("evolution.waiver_stale"), ["7 hint evolution.waiver_stale"]);
    }

    #[test]
    fn an_earlier_name_of_a_rule_still_works_and_is_replaced() {
        let text = "system S { }
service A { store Db: postgres; entity Order { id: uuid @id }; job a every 1d { writes Order } }
service B { job b every 1d { reads A.Order } }
service C { job c every 1d { writes A.Order } }
";
        let found = check(text, Profile::Recommended);
        let at = found
            .iter()
            .find(|line| line.contains("boundary.shared_datastore"));
        assert!(at.is_some_and(|at| at.starts_with("2 ")), "{found:?}");
        let waived = text.replace(
            "store Db: postgres;",
            "store Db: postgres { waive boundary.shared_store until 2027-06-30 because \"until March\" };",
        );
        let found = check(&waived, Profile::Recommended);
        assert!(
            found.contains(&"2 boundary.shared_datastore waived: until March".to_owned()),
            "{found:?}"
        );
        assert!(
            found.contains(&"2 hint evolution.waiver_stale".to_owned()),
            "{found:?}"
        );
        let after = crate::testing::fixed(&waived, "Change to `boundary.shared_datastore`");
        assert!(after.contains("waive boundary.shared_datastore until"), "{after}");
    }

    #[test]
    fn what_may_not_be_waived_counts_all_the_same() {
        let mut host = Host::new(Config {
            profile: Profile::Recommended,
            today: date(2026, 11, 21),
            non_waivable: vec![("api.unpaginated_list", 2)],
            ..Config::default()
        });
        let waiver = "waive api.unpaginated_list until 2027-06-30 because \"thirty wards\"";
        let file = host.set_file("main.arch", &lists("", waiver));
        host.settle();
        let mut found = host.diagnostics(file);
        let ours = ["api.unpaginated_list", "evolution.waiver_stale"];
        found.retain(|found| ours.contains(&found.code.as_str()));
        let told: Vec<_> = found
            .iter()
            .map(|found| (found.code.as_str(), found.state.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("api.unpaginated_list", State::New),
                ("evolution.waiver_stale", State::New)
            ]
        );
        assert!(found[1].message.contains("line 2"), "{}", found[1].message);
    }

    #[test]
    fn a_misspelled_rule_gets_the_nearest() {
        let text = lists("", "waive api.unpaginated_lst because \"few\"");
        let after = crate::testing::fixed(&text, "Change to `api.unpaginated_list`");
        assert!(after.contains("waive api.unpaginated_list because"), "{after}");
    }

    #[test]
    fn a_call_may_be_waived_in_its_own_block_or_in_the_operation_s() {
        let text = |call: &str, job: &str| {
            format!(
                "vendor Stripe: stripe
service Orders {{
  job run every 1d {{ calls Stripe {{ {call} }}; {job} }}
}}
"
            )
        };
        let waiver = "waive scale.call_without_timeout because \"runs at night\"";
        assert_eq!(
            check(&text(waiver, ""), Profile::Recommended),
            ["3 scale.call_without_timeout waived: runs at night"]
        );
        assert_eq!(
            check(&text("", waiver), Profile::Recommended),
            ["3 scale.call_without_timeout waived: runs at night"]
        );
    }

    #[test]
    fn a_type_takes_a_waiver_and_still_may_have_a_field_of_that_name() {
        let waiver = "waive data.unclassified_field until 2027-06-30 because \"of a shop\"";
        let text = format!(
            "type Address {{ street: string; {waiver} }}\ntype Flag {{ waive: string; street: string }}\n"
        );
        assert_eq!(
            check(&text, Profile::Recommended),
            [
                "1 data.unclassified_field waived: of a shop",
                "2 warning data.unclassified_field"
            ]
        );
    }

    #[test]
    fn a_syntax_error_in_the_item_says_nothing_about_its_waivers() {
        let text = lists(
            "",
            "waive api.unpaginated_list because \"few\"; paginate cursor maxi",
        );
        let found = check(&text, Profile::Recommended);
        assert!(found.iter().any(|line| line.contains("syntax.")), "{found:?}");
        assert!(
            !found.iter().any(|line| line.contains("waiver_stale")),
            "{found:?}"
        );
    }

    #[test]
    fn days_are_counted_over_months_years_and_leap_days() {
        assert_eq!(day_number(date(2026, 11, 21)) - day_number(date(2026, 11, 1)), 20);
        assert_eq!(day_number(date(2027, 1, 1)) - day_number(date(2026, 12, 31)), 1);
        assert_eq!(day_number(date(2024, 3, 1)) - day_number(date(2024, 2, 28)), 2);
        assert_eq!(day_number(date(2100, 3, 1)) - day_number(date(2100, 2, 28)), 1);
        assert_eq!(
            day_number(date(2026, 11, 21)) - day_number(date(2025, 11, 21)),
            365
        );
    }

    #[test]
    fn later_agrees_with_the_day_numbers() {
        for days in [0, 1, 30, 90, 400, 1500] {
            let start = date(2023, 12, 30);
            assert_eq!(day_number(later(start, days)) - day_number(start), days);
        }
        assert_eq!(later(date(2026, 11, 21), 90), date(2027, 2, 19));
    }
}
