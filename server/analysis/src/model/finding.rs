//! A finding as a check makes it: without spans, so that it survives edits elsewhere in the file.
//!
//! [`crate::render`] turns it into a [`Diagnostic`](crate::diagnostic::Diagnostic).

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{cx::Cx, facts::Name, loc::Loc};
use crate::{
    db::Item,
    diagnostic::{Severity, Tag},
    edit::Safety,
    rules::Rule,
};

/// A place in the blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The item.
    pub item: Item,
    /// Where in it.
    pub loc: Loc,
}

impl Place {
    /// A place.
    pub const fn new(item: Item, loc: Loc) -> Self {
        Self { item, loc }
    }
}

/// Something to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, or a `name.…` or `type.…` code.
    pub code: &'static str,
    /// Before profile and configuration.
    pub severity: Severity,
    /// Qualified name of the item or member that it is about.
    pub element: SmolStr,
    /// Fact, then consequence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Clauses of the regimes in force that ask for it: see [`Self::citing`].
    pub clauses: Vec<&'static str>,
    /// The primary place.
    pub at: Place,
    /// Other places, with what is there.
    pub related: Vec<(String, Place)>,
    /// Repairs, the preferred first.
    pub fixes: Vec<FixPlan>,
    /// The elements that it is known by, where it is about several of equal rank and any of them may be the primary place; else
    /// none, and it is known by [`Self::element`].
    pub members: Vec<SmolStr>,
    /// For painting.
    pub tags: Vec<Tag>,
    /// For unknown names: what to look for something similar among.
    pub similar: Option<Similar>,
}

impl Finding {
    /// A finding with nothing but the necessary.
    pub fn new(
        code: &'static str,
        severity: Severity,
        element: impl Into<SmolStr>,
        at: Place,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            element: element.into(),
            message: message.into(),
            help: None,
            clauses: Vec::new(),
            at,
            related: Vec::new(),
            fixes: Vec::new(),
            members: Vec::new(),
            tags: Vec::new(),
            similar: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Quotes the clauses of `rule` that belong to `regimes`, as far as the system complies with them.
    #[must_use]
    pub fn citing(mut self, cx: Cx<'_>, rule: &Rule, regimes: &[&str]) -> Self {
        let asked = rule
            .clauses
            .iter()
            .filter(|(regime, _)| regimes.contains(regime) && cx.complies(regime));
        self.clauses.extend(asked.map(|(_, clause)| *clause));
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, place: Place) -> Self {
        self.related.push((message.into(), place));
        self
    }

    /// Says by which elements it is known: those of a circle, whichever of its edges is the primary place.
    #[must_use]
    pub fn known_by(mut self, members: impl IntoIterator<Item = SmolStr>) -> Self {
        self.members = members.into_iter().collect();
        self.members.sort();
        self.members.dedup();
        self
    }

    /// Adds a repair.
    #[must_use]
    pub fn fix(mut self, fix: FixPlan) -> Self {
        self.fixes.push(fix);
        self
    }
}

/// Where "did you mean" looks: among names, at the time the finding is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// The unknown word.
    pub name: Name,
    /// Its place, replaced by the fix.
    pub at: Loc,
    /// Kinds of item whose names are candidates.
    pub kinds: &'static [Kind],
    /// Candidates that are not items: members, fields, words.
    pub local: Vec<Name>,
}

/// A repair without spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixPlan {
    /// Imperative, without a full stop.
    pub title: String,
    /// How far it may be trusted.
    pub safety: Safety,
    /// Whether it is the one to take when in doubt.
    pub preferred: bool,
    /// What it does.
    pub steps: Vec<Step>,
}

/// One step of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A new statement at the end of the block of the node that `.0` is in; the block is made if it is missing.
    /// The text has no indentation of its own on its first line; further lines are indented relative to it.
    AddStatement(Place, String),
    /// A new statement as the first of the block.
    AddStatementFirst(Place, String),
    /// Text right behind a place (`" @pii"` behind a field's head).
    InsertAfter(Place, String),
    /// Text in the place of a place.
    Replace(Place, String),
    /// The whole node that `.0` is in goes, with its line where nothing else stands on it.
    Remove(Place),
    /// A part of a line goes, with the blanks before it.
    Cut(Place),
    /// A new item behind the item of `.0`, after a blank line.
    AddItemAfter(Place, String),
    /// A line of documentation above the node that `.0` is in, if that begins its line.
    Document(Place, String),
}

impl FixPlan {
    /// A repair that inserts a choice somebody should look at.
    pub fn suggest(title: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Suggest,
            preferred: false,
            steps,
        }
    }

    /// A repair that keeps the meaning.
    pub fn safe(title: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Safe,
            preferred: true,
            steps,
        }
    }

    /// A repair that changes the shape of the blueprint.
    pub fn refactor(title: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            title: title.into(),
            safety: Safety::Refactor,
            preferred: false,
            steps,
        }
    }

    /// Says that it keeps the meaning: nobody has to look at it.
    #[must_use]
    pub const fn harmless(mut self) -> Self {
        self.safety = Safety::Safe;
        self
    }

    /// Makes it the one to take when in doubt.
    #[must_use]
    pub const fn preferred(mut self) -> Self {
        self.preferred = true;
        self
    }
}
