//! From span-free findings to diagnostics: places become byte ranges, repairs become edits, severities follow the
//! configuration, and unknown names get their "did you mean".

use std::{cell::Cell, cmp::Ordering};

use archwright_grammar::{
    ast::{Node, SyntaxError, Tree, Value},
    span::Span,
    vocabulary::Kind,
};
use smol_str::{SmolStr, format_smolstr};

use crate::{
    FileId,
    config::Config,
    db::{Database, Item, facts, parsed, resolved, service},
    diagnostic::{Diagnostic, FileRange, Origin, Related, Severity, State},
    edit::{Edit, Fix, Safety, TextEdit},
    files::{Files, Places},
    model::{
        finding::{Finding, FixPlan, Place, Similar, Step},
        loc::{Loc, Part},
        resolve::member,
        resolved::element,
    },
    rules::rule,
};

/// Everything that rendering reads.
pub(crate) struct Renderer<'a> {
    pub db: &'a Database,
    places: Places<'a>,
    pub config: &'a Config,
    /// For how many unknown names all services were searched.
    searched: Cell<u32>,
    /// Whether the last item that was looked at has syntax errors outside of its members.
    own_errors: Cell<Option<(Item, bool)>>,
}

/// Of a reference whose first segment is unknown the others stay: `.total` of `Order.total`.
fn behind<'t>(similar: &Similar, written: &'t str) -> &'t str {
    written
        .split_once(similar.name.as_str())
        .map_or("", |(_, behind)| behind)
        .split_whitespace()
        .next()
        .filter(|behind| behind.starts_with('.'))
        .unwrap_or_default()
}

/// Kinds of member that have something inside.
const INNER: &[Kind] = &[Kind::Entity, Kind::Type, Kind::Enum, Kind::Event];

/// Kinds of member that other services may name.
const MEMBERS: &[Kind] = &[
    Kind::Store,
    Kind::Entity,
    Kind::Type,
    Kind::Enum,
    Kind::Error,
    Kind::Event,
    Kind::Query,
    Kind::Endpoint,
];

/// For how many unknown names of a file all services are searched.
const SEARCHED: u32 = 16;

/// How many members of other services are offered; where there are more, none is likelier than another.
const CHOICES: usize = 3;

/// Where an item stands.
#[derive(Clone, Copy)]
struct Spot<'a> {
    file: FileId,
    start: u32,
    tree: &'a Tree,
    text: &'a str,
}

impl<'a> Renderer<'a> {
    /// A renderer of one moment.
    pub fn new(db: &'a Database, files: &'a Files, config: &'a Config) -> Self {
        Self {
            db,
            places: Places::new(files),
            config,
            searched: Cell::new(0),
            own_errors: Cell::new(None),
        }
    }

    fn origin(&self, item: Item) -> Option<Spot<'a>> {
        let (file, start) = self.places.of(item)?;
        Some(Spot {
            file,
            start,
            tree: parsed(self.db, item),
            text: item.text(self.db),
        })
    }

    fn range(&self, place: &Place) -> Option<FileRange> {
        let origin = self.origin(place.item)?;
        let span = place.loc.span(origin.tree).shift(origin.start);
        Some(FileRange {
            file: origin.file,
            range: span.start..span.end,
        })
    }

    /// A syntax error of an item.
    pub fn syntax(&self, item: Item, error: &SyntaxError) -> Option<Diagnostic> {
        let origin = self.origin(item)?;
        let at = |span: Span| {
            let span = span.shift(origin.start);
            FileRange {
                file: origin.file,
                range: span.start..span.end,
            }
        };
        let path = path_at(origin.tree, error.span);
        Some(Diagnostic {
            code: SmolStr::new_static(error.code),
            severity: Severity::Error,
            origin: Origin::Text,
            element: element(facts(self.db, item), &path, origin.tree.node.as_ref()),
            message: error.message.clone(),
            help: error.help.clone(),
            clauses: Vec::new(),
            at: at(error.span),
            related: error
                .related
                .iter()
                .map(|(span, message)| Related {
                    message: message.clone(),
                    at: at(*span),
                })
                .collect(),
            fixes: error
                .fix
                .iter()
                .map(|fix| Fix {
                    title: fix.title.clone(),
                    safety: Safety::Suggest,
                    preferred: true,
                    edit: Edit::single(origin.file, at(fix.span).range, fix.text.clone()),
                })
                .collect(),
            tags: Vec::new(),
            fingerprint: error.code.to_owned(),
            state: State::New,
        })
    }

    /// A finding, unless profile or configuration leave its rule out, or its place is in broken text.
    pub fn finding(&self, finding: &Finding) -> Option<Diagnostic> {
        let origin = self.origin(finding.at.item)?;
        let path = self.places.path(origin.file);
        let severity = self.config.severity(finding.code, finding.severity, path)?;
        if rule(finding.code).is_some()
            && self.in_broken_text(finding.at.item, origin.tree, &finding.at.loc.path)
        {
            return None;
        }
        if is_unfinished(origin.tree, finding) {
            return None;
        }
        let mut fixes: Vec<Fix> = finding.fixes.iter().filter_map(|plan| self.fix(plan)).collect();
        let mut help = finding.help.clone();
        if let Some(similar) = &finding.similar {
            let written = similar.at.span(origin.tree).of(origin.text);
            let mut names = self.elsewhere(finding.at.item, similar, written);
            if names.is_empty() {
                names.extend(self.most_similar(similar, written));
            }
            if !names.is_empty() {
                let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                help = Some(format!("Did you mean {}?", quoted.join(" or ")));
            }
            for (index, name) in names.iter().enumerate() {
                let plan = FixPlan::suggest(
                    format!("Change to `{name}`"),
                    vec![Step::Replace(
                        Place::new(finding.at.item, similar.at.clone()),
                        name.to_string(),
                    )],
                );
                fixes.extend(self.fix(&if index == 0 { plan.preferred() } else { plan }));
            }
        }
        Some(Diagnostic {
            code: SmolStr::new_static(finding.code),
            severity,
            origin: self.severity_of(finding, path),
            element: finding.element.clone(),
            message: finding.message.clone(),
            help,
            clauses: finding.clauses.clone(),
            at: self.range(&finding.at)?,
            related: finding
                .related
                .iter()
                .filter_map(|(message, place)| {
                    Some(Related {
                        message: message.clone(),
                        at: self.range(place)?,
                    })
                })
                .collect(),
            fixes,
            tags: finding.tags.clone(),
            fingerprint: self.fingerprint(finding, origin.tree),
            state: State::New,
        })
    }

    /// Where the severity of a finding in the file at `path` comes from.
    fn severity_of(&self, finding: &Finding, path: &str) -> Origin {
        let Some(rule) = rule(finding.code) else {
            return Origin::Text;
        };
        if let Some(level) = self.config.level(rule.id, path) {
            return Origin::Configured {
                line: level.line,
                files: level.files.clone(),
                usual: finding.severity,
            };
        }
        let usual = rule.severity;
        // The worse is the lesser.
        match finding.severity.cmp(&usual) {
            Ordering::Equal => Origin::Rule,
            Ordering::Less if !finding.clauses.is_empty() => Origin::Regime { usual },
            Ordering::Less | Ordering::Greater => Origin::Circumstances { usual },
        }
    }

    /// The rule, the elements, and of a statement what it is and names: never a line, and no word of the message.
    fn fingerprint(&self, finding: &Finding, tree: &Tree) -> String {
        let mut out = String::from(finding.code);
        if !finding.members.is_empty() {
            for member in &finding.members {
                out.push(' ');
                out.push_str(member);
            }
            return out;
        }
        out.push(' ');
        out.push_str(&finding.element);
        let path = &finding.at.loc.path;
        let node = finding
            .at
            .loc
            .node(tree)
            .filter(|node| !path.is_empty() && node.name().is_none());
        if let Some(node) = node {
            out.push_str(" (");
            out.push_str(&node.word.text);
            for (index, argument) in node.args.iter().enumerate() {
                if let Value::Ref(reference) = &argument.value {
                    let at = Loc::at(path, Part::Ref(index as u16, 0));
                    out.push(' ');
                    match resolved(self.db, finding.at.item).get(&at) {
                        Some(def) => out.push_str(&def.qualified(self.db)),
                        None => out.push_str(reference.span().of(self.text(finding.at.item))),
                    }
                }
            }
            out.push(')');
        }
        out
    }

    fn text(&self, item: Item) -> &'a str {
        item.text(self.db)
    }

    /// Whether a syntax error stands in the innermost block-bearing node along `path`: what is missing there may just be untyped.
    fn in_broken_text(&self, item: Item, tree: &Tree, path: &[u16]) -> bool {
        if tree.errors.is_empty() {
            return false;
        }
        let Some(whole) = tree.node.as_ref() else {
            return true;
        };
        let (mut node, mut owner) = (whole, whole);
        for &index in path {
            match node.children().get(usize::from(index)) {
                Some(child) => node = child,
                None => break,
            }
            if node.form.block.place().is_some() {
                owner = node;
            }
        }
        if !std::ptr::eq(owner, whole) {
            return tree.has_errors_in(owner.span);
        }
        // Findings come item by item.
        if let Some((known, own)) = self.own_errors.get()
            && known == item
        {
            return own;
        }
        let own = has_own_errors(tree, whole);
        self.own_errors.set(Some((item, own)));
        own
    }

    /// Members of other services that have exactly the unknown name: what is meant, if they are few. Looking for them takes a walk
    /// over all services, so it is done for the first unknown names of a file only.
    fn elsewhere(&self, item: Item, similar: &Similar, written: &str) -> Vec<SmolStr> {
        // `Order.total` begins with something that has members of its own.
        let behind = behind(similar, written);
        let inner = !behind.is_empty() && similar.kinds.contains(&Kind::Service);
        let kinds: Vec<Kind> = if inner {
            INNER.to_vec()
        } else {
            let known = similar.kinds.iter().copied();
            known.filter(|kind| MEMBERS.contains(kind)).collect()
        };
        let searched = self.searched.get();
        if kinds.is_empty() || similar.name.is_empty() || searched == SEARCHED {
            return Vec::new();
        }
        self.searched.set(searched + 1);
        let services = crate::db::items_of(self.db, Kind::Service);
        let mut found: Vec<SmolStr> = services
            .iter()
            .filter(|&&other| other != item)
            .filter_map(|&other| {
                member(service(self.db, other)?, &similar.name, &kinds)?;
                let home = &facts(self.db, other).name;
                Some(format_smolstr!("{home}.{}{behind}", similar.name))
            })
            .take(CHOICES + 1)
            .collect();
        if found.len() > CHOICES {
            found.clear();
        }
        found
    }

    /// The known name nearest to an unknown one, if any is near: as it is to be written in the place of `written`.
    fn most_similar(&self, similar: &Similar, written: &str) -> Option<SmolStr> {
        let behind = behind(similar, written);
        let mut best: Option<(usize, SmolStr)> = None;
        let mut consider = |candidate: &SmolStr, behind: &str| {
            let limit = (similar.name.len().max(3) / 3).max(1);
            // The last segment is what was mistyped; the others are the same.
            let last = candidate.rsplit('.').next().unwrap_or(candidate);
            let target = similar.name.as_str();
            if last.len().abs_diff(target.len()) > limit + 1 {
                return;
            }
            let distance = strsim::damerau_levenshtein(&last.to_lowercase(), &target.to_lowercase());
            let better = match &best {
                None => true,
                Some((known, name)) => (distance, candidate) < (*known, name),
            };
            if distance <= limit && better {
                best = Some((distance, format_smolstr!("{candidate}{behind}")));
            }
        };
        for candidate in &similar.local {
            consider(candidate, "");
        }
        for kind in similar.kinds {
            for item in crate::db::items_of(self.db, *kind).iter() {
                consider(&facts(self.db, *item).name, behind);
            }
        }
        best.map(|(_, name)| name)
    }

    /// A repair as an edit; `None` where a place is gone.
    pub fn fix(&self, plan: &FixPlan) -> Option<Fix> {
        let mut edit = Edit::default();
        for step in &plan.steps {
            let (file, change) = self.step(step)?;
            match edit.files.iter_mut().find(|(known, _)| *known == file) {
                Some((_, changes)) => changes.push(change),
                None => edit.files.push((file, vec![change])),
            }
        }
        edit.files.sort_by_key(|(file, _)| *file);
        for (_, changes) in &mut edit.files {
            changes.sort_by_key(|change| (change.range.start, change.range.end));
        }
        Some(Fix {
            title: plan.title.clone(),
            safety: plan.safety,
            preferred: plan.preferred,
            edit,
        })
    }

    fn step(&self, step: &Step) -> Option<(FileId, TextEdit)> {
        let place = match step {
            Step::AddStatement(place, _)
            | Step::AddStatementFirst(place, _)
            | Step::InsertAfter(place, _)
            | Step::Replace(place, _)
            | Step::Remove(place)
            | Step::Cut(place)
            | Step::AddItemAfter(place, _)
            | Step::Document(place, _) => place,
        };
        let origin = self.origin(place.item)?;
        let (span, text) = match step {
            Step::AddStatement(place, text) => crate::insert::statement(
                origin.text,
                place.loc.node(origin.tree)?,
                text,
                crate::insert::At::End,
            ),
            Step::AddStatementFirst(place, text) => crate::insert::statement(
                origin.text,
                place.loc.node(origin.tree)?,
                text,
                crate::insert::At::Start,
            ),
            Step::InsertAfter(place, text) => (Span::empty(place.loc.span(origin.tree).end), text.clone()),
            Step::Replace(place, text) => (place.loc.span(origin.tree), text.clone()),
            Step::Remove(place) => {
                let node = place.loc.node(origin.tree)?;
                // What describes it goes with it.
                let start = node.docs.as_ref().map_or(node.span.start, |docs| docs.span.start);
                let whole = Span::new(start, node.span.end);
                (crate::insert::removal(origin.text, whole), String::new())
            }
            Step::Document(place, text) => {
                let node = place.loc.node(origin.tree)?;
                crate::insert::documentation(origin.text, node, text)?
            }
            Step::Cut(place) => {
                let span = place.loc.span(origin.tree);
                let before = origin.text.get(..span.start as usize)?;
                // Of a list the comma goes with what stands behind it.
                let before = before
                    .trim_end()
                    .strip_suffix(',')
                    .unwrap_or_else(|| before.trim_end_matches([' ', '\t']));
                (Span::new(before.len() as u32, span.end), String::new())
            }
            Step::AddItemAfter(_, text) => {
                let end = origin.tree.node.as_ref()?.span.end;
                (Span::empty(end), format!("\n\n{text}"))
            }
        };
        let span = span.shift(origin.start);
        Some((
            origin.file,
            TextEdit {
                range: span.start..span.end,
                text,
            },
        ))
    }
}

/// The child indices of the innermost node around a span.
fn path_at(tree: &Tree, span: Span) -> Vec<u16> {
    let mut path = Vec::new();
    let Some(mut node) = tree.node.as_ref() else {
        return path;
    };
    loop {
        // Children stand in text order, and none inside of another.
        let children = node.children();
        let index = children.partition_point(|child| child.span.end < span.end);
        match children.get(index).filter(|child| child.span.start <= span.start) {
            Some(child) => {
                path.push(index as u16);
                node = child;
            }
            None => return path,
        }
    }
}

/// Whether a finding is about text that has an error of its own in the same place: what is not written to its end, or not
/// how it is written here. That error says what to do, and the finding would be about what is left.
fn is_unfinished(tree: &Tree, finding: &Finding) -> bool {
    let half_names = matches!(finding.code, "name.unknown" | "name.wrong_kind");
    if tree.errors.is_empty() || !(half_names || matches!(finding.code, "type.argument" | "type.attribute")) {
        return false;
    }
    let span = finding.at.loc.span(tree);
    tree.errors_from(span.start)
        .iter()
        .take_while(|error| error.span.start <= span.end)
        .any(|error| {
            let inside = error.span.start < span.end;
            let behind = error.span.start == span.end && error.code == "syntax.missing_argument";
            behind || (inside && !half_names)
        })
}

/// Whether a syntax error stands in `node`, the item itself, outside of its members: those that have a block.
fn has_own_errors(tree: &Tree, node: &Node) -> bool {
    let members = node.children();
    tree.errors.iter().any(|error| {
        let at = members.partition_point(|child| child.span.end < error.span.end);
        !members
            .get(at)
            .is_some_and(|child| child.form.block.place().is_some() && child.span.start <= error.span.start)
    })
}
