//! The words of the vocabulary, sorted by what a reader of a blueprint should see them as.

use std::collections::{BTreeMap, BTreeSet};

use archwright_grammar::vocabulary::{
    ATTRIBUTES, Arg, CALLER_FIELDS, FORMS, Form, Kind, METHODS, Place, SCALARS, Shape,
};

/// Words by role. A word may have several roles; where it stands decides.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Heads that are followed by a new name in `PascalCase`: `service`, `entity`.
    pub(crate) types: BTreeSet<&'static str>,
    /// Heads that are followed by a new name in `snake_case`: `endpoint`, `job`.
    pub(crate) functions: BTreeSet<&'static str>,
    /// Heads whose new name stands later, after a reference: `on`.
    pub(crate) late_named: BTreeSet<&'static str>,
    /// Heads without a name of their own: `resource`.
    pub(crate) unnamed: BTreeSet<&'static str>,
    /// Words that begin a statement in a block.
    pub(crate) statements: BTreeSet<&'static str>,
    /// The statement whose argument is a rule's id: `waive`.
    pub(crate) rule_statement: &'static str,
    /// Words between arguments: `in`, `because`, `until`.
    pub(crate) connectives: BTreeSet<&'static str>,
    /// Words that are arguments by themselves: `off`, `startup`.
    pub(crate) flags: BTreeSet<&'static str>,
    /// The closed list that may follow a statement's word: `stack` to `python`, `rust` …
    pub(crate) choices: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// The closed list that may follow a word between arguments: `by` to `caller`, `ip`, `key`.
    pub(crate) later_choices: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Statements of words of the user's own: `layers`.
    pub(crate) own_word_statements: BTreeSet<&'static str>,
    /// Words between arguments that such a word follows: `in` a layer.
    pub(crate) before_own: BTreeSet<&'static str>,
    /// Words of closed lists that may end a statement behind other arguments: `asc`, `monthly`.
    pub(crate) last_choices: BTreeSet<&'static str>,
    /// Heads that are told from statements by the `:` behind the name.
    pub(crate) with_colon: BTreeSet<&'static str>,
    /// Words that say of which kind a reference is.
    pub(crate) kinds: BTreeSet<&'static str>,
    /// Scalar types.
    pub(crate) scalars: BTreeSet<&'static str>,
    /// Attributes, without the `@`.
    pub(crate) attributes: BTreeSet<&'static str>,
    /// HTTP methods.
    pub(crate) methods: BTreeSet<&'static str>,
    /// Fields of `caller`.
    pub(crate) caller_fields: BTreeSet<&'static str>,
}

/// Words in front of a type that make another type of it.
pub(crate) const TYPE_PREFIXES: &[&str] = &["new", "page", "patch", "ref"];
/// Words of predicates; `in` is a connective already.
pub(crate) const LOGIC: &[&str] = &["and", "is", "not", "or"];
/// Values that every predicate knows.
pub(crate) const CONSTANTS: &[&str] = &["false", "now", "null", "true"];

impl Words {
    /// Reads the table.
    pub(crate) fn from_vocabulary() -> Self {
        let mut words = Self {
            rule_statement: row(Kind::Waive).word,
            scalars: SCALARS.iter().map(|scalar| scalar.name).collect(),
            attributes: ATTRIBUTES.iter().map(|attribute| attribute.name).collect(),
            methods: METHODS.iter().copied().collect(),
            caller_fields: CALLER_FIELDS.iter().map(|(name, _)| *name).collect(),
            ..Self::default()
        };
        for form in FORMS.iter().filter(|form| !form.word.is_empty()) {
            words.add_head(form);
            words.add_arguments(form.args);
            words.add_later_choices(form.args, true);
            if matches!(form.args, [Arg::Many(_, Shape::AnyWord), ..]) {
                words.own_word_statements.insert(form.word);
            }
            if form.places.contains(&Place::File) {
                words.kinds.insert(form.word);
                let elsewhere = FORMS
                    .iter()
                    .any(|other| other.kind != form.kind && other.word == form.word);
                if elsewhere && matches!(form.args, [Arg::Name, Arg::Sign(":"), ..]) {
                    words.with_colon.insert(form.word);
                }
            }
            if let Some(Arg::One(_, Shape::Word(list)) | Arg::Many(_, Shape::Word(list))) =
                first_value(form.args)
            {
                words
                    .choices
                    .entry(form.word)
                    .or_default()
                    .extend(list.iter().copied());
            }
        }
        words
    }

    fn add_head(&mut self, form: &Form) {
        let set = match (form.kind, form.args.first()) {
            (Kind::Endpoint | Kind::Query | Kind::Job | Kind::Webhook | Kind::Cache, _) => {
                &mut self.functions
            }
            (Kind::Resource, _) => &mut self.unnamed,
            (_, Some(Arg::Name)) => &mut self.types,
            (_, _) if form.args.iter().any(|arg| matches!(arg, Arg::Name)) => &mut self.late_named,
            (_, _) => &mut self.statements,
        };
        set.insert(form.word);
    }

    fn add_arguments(&mut self, args: &'static [Arg]) {
        for arg in args {
            match arg {
                Arg::Kw(word) => {
                    self.connectives.insert(word);
                }
                Arg::Flag(word) if word.chars().all(|c| c.is_ascii_alphabetic() || c == '_') => {
                    self.flags.insert(word);
                }
                Arg::Opt(inner) => self.add_arguments(inner),
                Arg::Alt(choices) => choices.iter().for_each(|inner| self.add_arguments(inner)),
                _ => {}
            }
        }
    }
}

impl Words {
    /// Closed lists that do not stand right behind the statement's word.
    fn add_later_choices(&mut self, args: &'static [Arg], first: bool) {
        for (at, arg) in args.iter().enumerate() {
            match (arg, at.checked_sub(1).map(|before| &args[before])) {
                (Arg::One(_, Shape::Word(list)), Some(Arg::Kw(word))) => {
                    self.later_choices.entry(word).or_default().extend(list.iter());
                }
                (Arg::One(_, Shape::AnyWord), Some(Arg::Kw(word))) => {
                    self.before_own.insert(word);
                }
                (Arg::One(_, Shape::Word(list)), before) if before.is_some() || !first => {
                    self.last_choices.extend(list.iter());
                }
                (Arg::Opt(inner), _) => self.add_later_choices(inner, false),
                (Arg::Alt(choices), _) => {
                    for inner in *choices {
                        self.add_later_choices(inner, first && at == 0);
                    }
                }
                _ => {}
            }
        }
    }
}

fn row(kind: Kind) -> &'static Form {
    archwright_grammar::vocabulary::row(kind)
}

/// The first argument that is a value, where a form has no name before it.
fn first_value(args: &'static [Arg]) -> Option<&'static Arg> {
    match args.first()? {
        Arg::Alt(choices) => choices
            .iter()
            .filter_map(|inner| inner.first())
            .find(|arg| matches!(arg, Arg::One(_, Shape::Word(_)) | Arg::Many(_, Shape::Word(_)))),
        first => Some(first),
    }
}
