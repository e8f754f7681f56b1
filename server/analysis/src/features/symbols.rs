//! The outline of a file.

use std::ops::Range;

use archwright_grammar::{
    ast::{Node, Value},
    vocabulary::Kind,
};

use crate::{
    FileId, Snapshot,
    db::{Item, parsed},
    features::spot::def_at,
    model::cx::Cx,
};

/// One entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Short, beside the name.
    pub detail: String,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub range: Range<u32>,
    /// Its name.
    pub selection: Range<u32>,
    /// What is inside.
    pub children: Vec<Symbol>,
}

pub(crate) fn symbols(snapshot: &Snapshot, file: FileId) -> Vec<Symbol> {
    let cx = snapshot.cx();
    let Some(text) = snapshot.files.get(file) else {
        return Vec::new();
    };
    text.entries
        .iter()
        .filter_map(|entry| {
            let tree = parsed(&snapshot.db, entry.item);
            symbol(cx, entry.item, tree.node.as_ref()?, &mut Vec::new(), entry.start)
        })
        .collect()
}

fn symbol(cx: Cx<'_>, item: Item, node: &Node, path: &mut Vec<u16>, start: u32) -> Option<Symbol> {
    let mut children = Vec::new();
    for (index, child) in node.children().iter().enumerate() {
        path.push(index as u16);
        children.extend(symbol(cx, item, child, path, start));
        path.pop();
    }
    let (name, selection) = match node.name() {
        Some(name) => (name.text.to_string(), name.span),
        None => match node.kind() {
            Kind::Resource => (
                format!("resource {}", node.reference("entity")?.text()),
                node.word.span,
            ),
            Kind::List | Kind::Get | Kind::Create | Kind::Update | Kind::Delete => {
                (def_at(cx, item, path)?.name(cx.db).to_string(), node.word.span)
            }
            _ => return None,
        },
    };
    if name.is_empty() {
        return None;
    }
    let range = node.span.cover(selection).shift(start);
    let selection = selection.shift(start);
    Some(Symbol {
        name,
        detail: detail(cx, item, node, path),
        kind: node.kind(),
        range: range.start..range.end,
        selection: selection.start..selection.end,
        children,
    })
}

/// Short: `POST /v1/orders`, `postgres`, `uuid`.
fn detail(cx: Cx<'_>, item: Item, node: &Node, path: &[u16]) -> String {
    let mut parts: Vec<String> = Vec::new();
    match node.kind() {
        Kind::Endpoint
        | Kind::Webhook
        | Kind::List
        | Kind::Get
        | Kind::Create
        | Kind::Update
        | Kind::Delete => {
            if let Some(op) = def_at(cx, item, path).and_then(|def| def.op(cx.db)) {
                parts.push(format!("{} {}", op.method, op.path));
            }
        }
        Kind::Resource => {
            if let Some(Value::Path(path)) = node.arg("path").map(|argument| &argument.value) {
                parts.push(path.text.to_string());
            }
        }
        Kind::Handler => parts.extend(
            node.reference("event")
                .map(|event| format!("on {}", event.text())),
        ),
        Kind::Service => parts.extend(
            node.reference("context")
                .map(|context| format!("in {}", context.text())),
        ),
        Kind::Field => {
            if let Some(argument) = node.arg("type") {
                parts.push(argument.span.of(item.text(cx.db)).to_owned());
            }
        }
        Kind::Event => {
            if let Some(Value::Version(version)) = node.arg("version").map(|argument| &argument.value) {
                parts.push(format!("v{version}"));
            }
        }
        Kind::Decision => parts.extend(node.string("title").map(ToString::to_string)),
        _ => parts.extend(node.word_in("kind").map(|kind| kind.text.to_string())),
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::Symbol;
    use crate::testing::host;

    fn outline(symbols: &[Symbol], depth: usize, into: &mut String) {
        for symbol in symbols {
            let line = format!("{}{} [{}]", "  ".repeat(depth), symbol.name, symbol.detail);
            into.push_str(line.trim_end_matches(" []"));
            into.push('\n');
            outline(&symbol.children, depth + 1, into);
        }
    }

    #[test]
    fn items_members_and_fields() {
        let host = host(
            "system S { }\nservice Orders in C {\n  store Db: postgres\n  entity Order { id: uuid @id; note: text? }\n  \
             resource Order at /v1/orders { list { allow any } }\n  event Placed v1 { id: uuid }\n}\nvendor Mail: postmark\n",
        );
        let file = host.file("main.arch").expect("loaded");
        let symbols = host.snapshot().symbols(file).expect("nothing writes");
        let mut text = String::new();
        outline(&symbols, 0, &mut text);
        assert_eq!(
            text,
            "S\nOrders [in C]\n  Db [postgres]\n  Order\n    id [uuid]\n    note [text?]\n  resource Order [/v1/orders]\n    \
             list_orders [GET /v1/orders]\n  Placed [v1]\n    id [uuid]\nMail [postmark]\n"
        );
        for symbol in &symbols {
            assert!(symbol.range.start <= symbol.selection.start && symbol.selection.end <= symbol.range.end);
        }
    }

    #[test]
    fn nothing_in_nothing() {
        let host = host("");
        let file = host.file("main.arch").expect("loaded");
        assert_eq!(host.snapshot().symbols(file).expect("nothing writes"), []);
    }
}
