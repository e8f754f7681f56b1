//! The reader and the JSON Schema say the same about every text: what editors mark is what the program refuses.

use archwright_analysis::config::schema::schema;
use archwright_analysis::config::settings::{SETTINGS, Setting, Takes};
use archwright_analysis::rules::RULES;
use boon::{Compiler, ErrorKind, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

use super::{Settings, parse};

struct Checker {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Checker {
    fn new() -> Self {
        let document: Value = serde_json::from_str(&schema()).expect("the schema is JSON");
        let home = document["$id"].as_str().expect("it has a home").to_owned();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource(&home, document).expect("it has a place");
        let index = compiler
            .compile(&home, &mut schemas)
            .expect("it is a schema of draft 7");
        Self { schemas, index }
    }

    /// Whether the schema takes a text; else the keys that it calls unknown.
    fn check(&self, text: &str) -> Result<(), Vec<String>> {
        let value: Value = toml::from_str(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        self.schemas.validate(&value, self.index).map_err(|error| {
            let mut keys = Vec::new();
            unknown_keys(&error, &mut keys);
            keys
        })
    }
}

fn unknown_keys(error: &ValidationError<'_, '_>, keys: &mut Vec<String>) {
    if let ErrorKind::AdditionalProperties { got } = &error.kind {
        keys.extend(got.iter().map(ToString::to_string));
    }
    for cause in &error.causes {
        unknown_keys(cause, keys);
    }
}

fn example(name: &str) -> String {
    let path = format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"));
    fs_err::read_to_string(path).expect("the file is there")
}

#[test]
fn what_the_reader_takes_the_schema_takes() {
    let checker = Checker::new();
    let rules: Vec<String> = RULES
        .iter()
        .map(|rule| format!("\"{}\" = \"hint\"\n", rule.id))
        .collect();
    let rules = rules.concat();
    let right = [
        String::new(),
        include_str!("../../cli/init/archwright.toml").to_owned(),
        example("examples/clinic/archwright.toml"),
        example("examples/clinic-before/archwright.toml"),
        example("tests/e2e/editors/workspace/archwright.toml"),
        "profile = \"core\"".into(),
        "profile = \"recommended\"\n[rules]\n[generate]\n[format]".into(),
        format!("profile = \"strict\"\n[rules]\n{rules}"),
        "[rules]\nauth.missing_authorization = \"error\"\nauth.auth_undeclared = { level = \"info\" }".into(),
        "[rules.auth]\nmissing_authorization = { level = \"off\", because = \"x\" }".into(),
        "[rules]\nauth = {}".into(),
        "[rules]\n\"api.unpaginated_list\" = { level = \"warning\", because = \"\" }".into(),
        "[generate]\noutput = \"./out/\"".into(),
        "[generate]\noutput = \"a/.b/..c/...\"".into(),
        "[format]\nwidth = 40".into(),
        "non_waivable = []".into(),
        "non_waivable = [\"auth.auth_undeclared\"]".into(),
        "[paths]".into(),
        "[paths.\"legacy/**\"]\nauth.auth_undeclared = \"hint\"\n[paths.a]".into(),
        "[paths.\"**/x-?.arch\"]\n\"auth.auth_undeclared\" = { level = \"off\", because = \"x\" }".into(),
        "[thresholds]".into(),
        "[thresholds]\napi.unpaginated_list.rows = 0".into(),
        "[thresholds]\n\"api.unpaginated_list.rows\" = 1_000_000_000".into(),
        "[thresholds]\n\"api.unpaginated_list\" = { rows = 7 }".into(),
        "[thresholds.api]\n\"unpaginated_list.rows\" = 7".into(),
        "[imports]".into(),
        "[imports]\nOrders = \"services/orders/openapi.json\"\nBilling = [\"./a.yaml\", \"b.json\"]".into(),
        "[format]\nwidth = 0xF0".into(),
        "format = { width = 1_00 }".into(),
    ];
    for text in right {
        let problems = parse(&text).1;
        assert!(problems.is_empty(), "{text}\n{problems:#?}");
        assert_eq!(checker.check(&text), Ok(()), "{text}");
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let checker = Checker::new();
    for wrong in [
        "profile = \"Core\"",
        "profile = 3",
        "rules = []",
        "rules = \"all\"",
        "[rules]\nauth = \"error\"",
        "[rules]\n\"auth.missing_authorization\" = \"off\"",
        "[rules]\n\"auth.missing_authorization\" = \"loud\"",
        "[rules]\n\"auth.missing_authorization\" = 1",
        "[rules]\n\"auth.missing_authorization\" = {}",
        "[rules]\n\"auth.missing_authorization\" = { because = \"x\" }",
        "[rules]\n\"auth.missing_authorization\" = { level = 1 }",
        "[rules]\n\"auth.missing_authorization\" = { level = \"error\", because = 1 }",
        "[rules]\n\"auth.missing_authorization\" = { level = \"off\" }",
        "[rules]\n\"auth.missing_authorization\" = { level = \"off\", because = \" \" }",
        "non_waivable = \"auth.auth_undeclared\"",
        "non_waivable = [1]",
        "non_waivable = [\"auth.nonsense\"]",
        "paths = 1",
        "[paths]\nlegacy = \"off\"",
        "[paths.\"../x\"]",
        "[paths.\"/x/**\"]",
        "[paths.x]\n\"auth.auth_undeclared\" = \"off\"",
        "thresholds = 1",
        "[thresholds]\napi.unpaginated_list.rows = -1",
        "[thresholds]\napi.unpaginated_list.rows = \"many\"",
        "[thresholds]\napi.unpaginated_list.rows = 1_000_000_001",
        "[thresholds]\n\"api.unpaginated_list\" = 5",
        "imports = \"openapi.json\"",
        "[imports]\nOrders = 3",
        "[imports]\nOrders = [1]",
        "[imports]\nOrders = \"/etc/passwd\"",
        "[imports]\nOrders = [\"a.json\", \"../b.json\"]",
        "generate = \"services\"",
        "[generate]\noutput = 1",
        "[generate]\noutput = \"\"",
        "[generate]\noutput = \".\"",
        "[generate]\noutput = \"../x\"",
        "[generate]\noutput = \"/x\"",
        "[generate]\noutput = \"a//b\"",
        "[generate]\noutput = 'a\\b'",
        "[generate]\noutput = \"C:/x\"",
        "format = 100",
        "[format]\nwidth = 39",
        "[format]\nwidth = 241",
        "[format]\nwidth = -80",
        "[format]\nwidth = \"80\"",
        "[format]\nwidth = 80.5",
    ] {
        let problems = parse(wrong).1;
        assert_eq!(problems.len(), 1, "{wrong}\n{problems:#?}");
        assert_eq!(checker.check(wrong), Err(Vec::new()), "{wrong}");
    }
}

#[test]
fn unknown_keys_are_told_at_the_same_keys() {
    let checker = Checker::new();
    for (text, keys) in [
        ("profil = \"core\"", &["profil"][..]),
        ("width = 100\noutput = \"x\"", &["width", "output"]),
        ("[rule]", &["rule"]),
        ("[rules]\n\"auth.missing\" = \"error\"", &["\"auth.missing\""]),
        ("[rules]\nnonsense = {}", &["nonsense"]),
        ("[rules.nonsense]\nx = \"error\"", &["nonsense]\nx"]),
        ("[rules]\nnonsense.x = \"error\"", &["nonsense.x"]),
        ("[rules]\nauth.missing = \"error\"", &["auth.missing"]),
        ("[paths.x]\nauth.missing = \"error\"", &["auth.missing"]),
        (
            "[thresholds]\n\"api.unpaginated_list.row\" = 5",
            &["\"api.unpaginated_list.row\""],
        ),
        (
            "[thresholds]\n\"api.nonsense.rows\" = 5",
            &["\"api.nonsense.rows\""],
        ),
        ("[generate]\nfolder = \"x\"", &["folder"]),
        ("[format]\nindent = 2\nwidth = 80", &["indent"]),
        (
            "[rules]\n\"auth.missing_authorization\" = { level = \"error\", reason = \"x\" }",
            &["reason"],
        ),
    ] {
        let read: Vec<_> = parse(text)
            .1
            .iter()
            .map(|it| text[it.range.clone()].to_owned())
            .collect();
        assert_eq!(read, keys, "{text}");
        let marked = checker.check(text).expect_err(text);
        for key in keys {
            let last = key.trim_matches('"');
            let told =
                |marked: &String| last == marked || last.split(['.', '\n', ']']).any(|part| part == marked);
            assert!(marked.iter().any(told), "{text}\n{marked:?}");
        }
    }
}

#[test]
fn every_row_of_the_table_is_taken_over() {
    fn each(settings: &'static [Setting], seen: &mut usize) {
        for setting in settings {
            let key = setting.path;
            let line = match &setting.takes {
                Takes::Word { words, .. } => format!("{key} = \"{}\"", words.last().expect("words").0),
                Takes::Folder => format!("{key} = \"elsewhere\""),
                Takes::Whole(range) => format!("{key} = {}", range.start()),
                Takes::Rules => format!("{key}.api.unpaginated_list = \"error\""),
                Takes::Paths => format!("{key}.x.api.unpaginated_list = \"error\""),
                Takes::Thresholds => format!("{key}.api.unpaginated_list.rows = 7"),
                Takes::RuleList => format!("{key} = [\"api.unpaginated_list\"]"),
                Takes::Documents => format!("{key}.Orders = \"a.json\""),
                Takes::Table(inner) => {
                    each(inner, seen);
                    continue;
                }
                Takes::Text => panic!("{key}: free text stands in rules only"),
            };
            let (settings, problems) = parse(&line);
            assert!(problems.is_empty(), "{line}\n{problems:?}");
            assert_ne!(settings, Settings::default(), "{line} changes nothing");
            *seen += 1;
        }
    }
    let mut seen = 0;
    each(SETTINGS, &mut seen);
    assert_eq!(seen, 8);
}
