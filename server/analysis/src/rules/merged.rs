//! Settings that are inherited and that nobody stated: the question is asked once, at the outermost block all of whose operations lack
//! an answer. What is switched off is one finding where that is said.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, Level, OpRef},
        def::Def,
        facts::Setting,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// An operation about which something should be said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked<T> {
    /// The operation.
    pub op: Def,
    /// How bad it is that the setting is off.
    pub off: Severity,
    /// How bad it is that nothing is said.
    pub absent: Severity,
    /// What a message says about it.
    pub note: T,
}

/// What one service says about a setting, for those of its operations that are asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answers<T> {
    /// Whether the service or one of the operations answers.
    said: bool,
    /// Operations for which nothing is said anywhere.
    silent: Vec<Asked<T>>,
    /// Where it is switched off, and for which operations.
    off: Vec<(Level, Loc, Vec<Asked<T>>)>,
}

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self {
            said: false,
            silent: Vec::new(),
            off: Vec::new(),
        }
    }
}

impl<T> Answers<T> {
    /// Notes what holds for one operation; `asked` is made where nothing is set.
    pub(crate) fn note<V>(
        &mut self,
        broken: bool,
        (setting, level): (&Setting<V>, Level),
        asked: impl FnOnce() -> Option<Asked<T>>,
    ) {
        match setting {
            Setting::Set(..) => self.said |= level != Level::System,
            Setting::Off(loc) => {
                self.said |= level != Level::System;
                let Some(asked) = asked() else { return };
                match self.off.iter_mut().find(|(_, known, _)| known == loc) {
                    Some((known, _, all)) if *known == level => all.push(asked),
                    _ => self.off.push((level, loc.clone(), vec![asked])),
                }
            }
            // What is absent from something broken may just be untyped.
            Setting::Absent if broken => {}
            Setting::Absent => self.silent.extend(asked()),
        }
    }
}

/// Operations that share one finding.
pub(crate) struct Group<'a, T> {
    /// Where it is reported.
    pub place: Place,
    /// The element that it is about.
    pub element: SmolStr,
    /// The same in words: `system Clinic`, `endpoint find`.
    pub what: String,
    /// Whether it is switched off there, rather than absent.
    pub off: bool,
    /// Whether the group is a single operation, by itself.
    pub single: bool,
    /// The operations; at least one.
    pub asked: Vec<&'a Asked<T>>,
}

impl<T> Group<'_, T> {
    /// The worst severity of its operations.
    pub(crate) fn severity(&self) -> Severity {
        let of = |asked: &&Asked<T>| if self.off { asked.off } else { asked.absent };
        self.asked.iter().map(of).min().unwrap_or(Severity::Hint)
    }

    /// A finding without a message of its own: severity, place, related operations.
    pub(crate) fn finding(
        &self,
        cx: Cx<'_>,
        code: &'static str,
        message: String,
        says: impl Fn(&Asked<T>) -> String,
    ) -> Finding {
        let mut finding = Finding::new(
            code,
            self.severity(),
            self.element.clone(),
            self.place.clone(),
            message,
        );
        if !self.single {
            for asked in self.asked.iter().take(SHOWN) {
                finding = finding.related(says(asked), cx.place(asked.op));
            }
        }
        finding
    }

    /// The repair that states it here.
    pub(crate) fn state(&self, statement: &str) -> FixPlan {
        let step = if self.off {
            Step::Replace(self.place.clone(), statement.to_owned())
        } else {
            Step::AddStatement(self.place.clone(), statement.to_owned())
        };
        FixPlan::suggest(format!("Add {statement} to {}", self.what), vec![step]).preferred()
    }
}

/// Sorts the answers of all services, in their order, into groups of one finding each.
pub(crate) fn groups<'a, T>(
    cx: Cx<'_>,
    services: impl Iterator<Item = (Item, &'a Answers<T>)>,
) -> Vec<Group<'a, T>> {
    let services: Vec<(Item, &Answers<T>)> = services
        .filter(|(_, answers)| answers.said || !answers.silent.is_empty() || !answers.off.is_empty())
        .collect();
    let system = cx.system().map(|(system, _)| system);
    let mut groups = Vec::new();
    if let Some(system) = system {
        let said = |level: &Level| *level == Level::System;
        let mut off = services
            .iter()
            .flat_map(|(_, answers)| &answers.off)
            .filter(|(level, ..)| said(level));
        if let Some((_, loc, first)) = off.next() {
            let asked: Vec<&Asked<T>> = first.iter().chain(off.flat_map(|(_, _, asked)| asked)).collect();
            groups.push(whole(cx, "system", system, Some(loc), asked));
        }
    }
    let nobody = services.iter().all(|(_, answers)| !answers.said);
    match system {
        // What is absent from a broken system may just be untyped.
        Some(system) if cx.facts(system).broken => {}
        Some(system) if nobody => {
            let asked: Vec<&Asked<T>> = services.iter().flat_map(|(_, answers)| &answers.silent).collect();
            if !asked.is_empty() {
                groups.push(whole(cx, "system", system, None, asked));
            }
        }
        _ => {
            for (service, answers) in &services {
                if answers.said {
                    groups.extend(answers.silent.iter().filter_map(|asked| single(cx, asked, None)));
                } else if !answers.silent.is_empty() {
                    groups.push(whole(
                        cx,
                        "service",
                        *service,
                        None,
                        answers.silent.iter().collect(),
                    ));
                }
            }
        }
    }
    for (service, answers) in &services {
        for (level, loc, asked) in &answers.off {
            match level {
                Level::Service => {
                    groups.push(whole(cx, "service", *service, Some(loc), asked.iter().collect()));
                }
                Level::Operation => {
                    groups.extend(asked.iter().filter_map(|asked| single(cx, asked, Some(loc))));
                }
                Level::System | Level::Nowhere => {}
            }
        }
    }
    groups
}

fn whole<'a, T>(
    cx: Cx<'_>,
    word: &str,
    item: Item,
    off: Option<&Loc>,
    asked: Vec<&'a Asked<T>>,
) -> Group<'a, T> {
    let element = cx.name(item).clone();
    let loc = off.cloned().unwrap_or_else(|| Loc::at(&[], Part::Name));
    Group {
        place: Place::new(item, loc),
        what: format!("{word} {element}"),
        element,
        off: off.is_some(),
        single: false,
        asked,
    }
}

fn single<'a, T>(cx: Cx<'_>, asked: &'a Asked<T>, off: Option<&Loc>) -> Option<Group<'a, T>> {
    let op: OpRef<'_> = cx.op(asked.op)?;
    let place = match off {
        Some(loc) => Place::new(asked.op.item, loc.clone()),
        None => cx.place(asked.op),
    };
    let word = archwright_grammar::vocabulary::row(asked.op.word_kind(cx.db)).word;
    let word = if word == "on" { "handler" } else { word };
    Some(Group {
        place,
        element: cx.qualified(asked.op),
        what: format!("{word} {}", op.op.name),
        off: off.is_some(),
        single: true,
        asked: vec![asked],
    })
}
