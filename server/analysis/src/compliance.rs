//! What a blueprint has to show for the controls of the regimes that its system names in `complies`: by which elements it meets them, what the
//! rules still find, and what is left to people. A pointer into the blueprint for whoever reviews it, and never a verdict.

mod controls;
mod measures;

use smol_str::SmolStr;

use crate::{
    Snapshot,
    diagnostic::{Diagnostic, FileRange, State},
    model::{def::Def, finding::Place},
};

/// What was gathered, by regime in the order of `complies`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// One for each regime that the system names.
    pub regimes: Vec<RegimeOverview>,
}

/// One regime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegimeOverview {
    /// The word of the language: `gdpr`.
    pub word: &'static str,
    /// Its name, with the edition that the clauses are quoted from.
    pub title: &'static str,
    /// Its controls, in the order of the regime.
    pub controls: Vec<ControlOverview>,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlOverview {
    /// The clause: `Art. 17`.
    pub clause: &'static str,
    /// What it asks for, in a few words.
    pub title: &'static str,
    /// What the blueprint says to it.
    pub standing: Standing,
    /// What in the blueprint speaks for it.
    pub evidence: Vec<Evidence>,
    /// What the rules that look after it find, waived findings included.
    pub findings: Vec<Open>,
    /// What only people can do.
    pub organisation: &'static str,
}

/// What a blueprint says to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Something speaks for it, and no rule objects.
    Stated,
    /// A rule objects.
    Gaps,
    /// It could say something, and says nothing.
    Silent,
    /// No blueprint can say anything to it.
    Organisation,
}

impl Standing {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Gaps => "gaps",
            Self::Silent => "silent",
            Self::Organisation => "organisation",
        }
    }
}

/// Elements of the blueprint that speak for a control in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// How: "stores are encrypted".
    pub says: &'static str,
    /// Which, in the order of files and text.
    pub elements: Vec<Element>,
}

/// An element of the blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its qualified name.
    pub name: SmolStr,
    /// Where its name stands.
    pub at: FileRange,
}

/// A finding of a rule that looks after a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The rule.
    pub code: SmolStr,
    /// What it is about.
    pub element: SmolStr,
    /// What is found.
    pub message: String,
    /// Where.
    pub at: FileRange,
    /// The reason of a waiver, if there is one: then it is an exception that somebody answers for. A finding that a baseline accepts
    /// is open all the same: nobody has given a reason.
    pub waived: Option<String>,
}

/// Gathers it. `findings` are those of the whole blueprint.
pub(crate) fn overview(snapshot: &Snapshot, findings: &[Diagnostic]) -> Overview {
    let cx = snapshot.cx();
    let named = cx
        .system()
        .map_or(&[][..], |(_, system)| system.complies.as_slice());
    let element = |def: Def| {
        let at = snapshot.range(&Place::new(def.item, def.loc(cx.db)))?;
        Some(Element {
            name: cx.qualified(def),
            at,
        })
    };
    let gather = |control: &controls::Control| {
        let evidence: Vec<Evidence> = control
            .measures
            .iter()
            .map(|measure| Evidence {
                says: measure.says(),
                elements: measure.gather(cx).into_iter().filter_map(element).collect(),
            })
            .filter(|evidence| !evidence.elements.is_empty())
            .collect();
        let findings: Vec<Open> = findings
            .iter()
            .filter(|found| control.rules.contains(&found.code.as_str()))
            .map(open)
            .collect();
        let standing = if findings.iter().any(|found| found.waived.is_none()) {
            Standing::Gaps
        } else if !evidence.is_empty() {
            Standing::Stated
        } else if control.measures.is_empty() {
            Standing::Organisation
        } else {
            Standing::Silent
        };
        ControlOverview {
            clause: control.clause,
            title: control.title,
            standing,
            evidence,
            findings,
            organisation: control.organisation,
        }
    };
    let mut regimes: Vec<RegimeOverview> = Vec::new();
    for (name, _) in named {
        let known = controls::REGIMES.iter().find(|regime| regime.word == name);
        let Some(regime) = known.filter(|regime| regimes.iter().all(|known| known.word != regime.word))
        else {
            continue;
        };
        regimes.push(RegimeOverview {
            word: regime.word,
            title: regime.title,
            controls: regime.controls.iter().map(gather).collect(),
        });
    }
    Overview { regimes }
}

fn open(found: &Diagnostic) -> Open {
    Open {
        code: found.code.clone(),
        element: found.element.clone(),
        message: found.message.clone(),
        at: found.at.clone(),
        waived: match &found.state {
            State::Waived { because } => Some(because.clone()),
            State::New | State::Baselined => None,
        },
    }
}
