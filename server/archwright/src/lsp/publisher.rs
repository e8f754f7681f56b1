//! What the client has been told about each file, so that only news is sent.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use tower_lsp::ls_types::notification::PublishDiagnostics;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::outbox::Outbox;

/// The state of pushed diagnostics.
#[derive(Debug, Default)]
pub(crate) struct Publisher {
    /// Per URI what was sent last: its identity, and whether there was something in it.
    sent: BTreeMap<String, Sent>,
}

#[derive(Debug)]
struct Sent {
    uri: Uri,
    result: String,
    empty: bool,
}

impl Publisher {
    /// Sends the findings of a file when they differ from those that were sent last, or always with `force`.
    pub(crate) fn publish(
        &mut self,
        outbox: &Outbox,
        uri: Uri,
        version: Option<i32>,
        diagnostics: Vec<lsp::Diagnostic>,
        force: bool,
    ) {
        let result = result_id(&diagnostics);
        let empty = diagnostics.is_empty();
        let known = self.sent.get(uri.as_str());
        let news = known.map_or(!empty, |sent| sent.result != result);
        if !news && !force {
            return;
        }
        self.sent.insert(
            uri.as_str().to_owned(),
            Sent {
                uri: uri.clone(),
                result,
                empty,
            },
        );
        outbox.notify::<PublishDiagnostics>(lsp::PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        });
    }

    /// Takes back what was sent about a file.
    pub(crate) fn clear(&mut self, outbox: &Outbox, uri: &str) {
        if let Some(sent) = self.sent.remove(uri)
            && !sent.empty
        {
            outbox.notify::<PublishDiagnostics>(lsp::PublishDiagnosticsParams {
                uri: sent.uri,
                diagnostics: Vec::new(),
                version: None,
            });
        }
    }

    /// Takes back everything about files that `keep` does not want.
    pub(crate) fn retain(&mut self, outbox: &Outbox, keep: impl Fn(&str) -> bool) {
        let gone: Vec<String> = self.sent.keys().filter(|uri| !keep(uri)).cloned().collect();
        for uri in gone {
            self.clear(outbox, &uri);
        }
    }
}

/// An identity of a set of findings: equal sets have equal ones, in every session.
pub(crate) fn result_id(diagnostics: &[lsp::Diagnostic]) -> String {
    let mut hasher = FxHasher::default();
    for diagnostic in diagnostics {
        let range = diagnostic.range;
        (
            range.start.line,
            range.start.character,
            range.end.line,
            range.end.character,
        )
            .hash(&mut hasher);
        diagnostic.message.hash(&mut hasher);
        match &diagnostic.code {
            Some(lsp::NumberOrString::String(code)) => code.hash(&mut hasher),
            Some(lsp::NumberOrString::Number(code)) => code.hash(&mut hasher),
            None => {}
        }
        format!("{:?}{:?}", diagnostic.severity, diagnostic.tags).hash(&mut hasher);
        for related in diagnostic.related_information.iter().flatten() {
            related.message.hash(&mut hasher);
            related.location.uri.as_str().hash(&mut hasher);
            let range = related.location.range;
            (
                range.start.line,
                range.start.character,
                range.end.line,
                range.end.character,
            )
                .hash(&mut hasher);
        }
    }
    format!("{:016x}-{}", hasher.finish(), diagnostics.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(messages: &std::sync::mpsc::Receiver<Vec<u8>>) -> Vec<usize> {
        messages
            .try_iter()
            .map(|body| {
                let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                value["params"]["diagnostics"].as_array().expect("a list").len()
            })
            .collect()
    }

    #[test]
    fn only_news_is_sent_and_empty_sets_are_explicit() {
        let (outbox, messages) = Outbox::new();
        let mut publisher = Publisher::default();
        let uri: Uri = "file:///a.arch".parse().expect("a URI");
        let finding = || lsp::Diagnostic {
            message: "m".into(),
            ..lsp::Diagnostic::default()
        };
        publisher.publish(&outbox, uri.clone(), None, vec![], false);
        assert_eq!(sent(&messages), Vec::<usize>::new(), "nothing to say");
        publisher.publish(&outbox, uri.clone(), None, vec![], true);
        publisher.publish(&outbox, uri.clone(), None, vec![finding()], false);
        publisher.publish(&outbox, uri.clone(), None, vec![finding()], false);
        publisher.publish(&outbox, uri.clone(), None, vec![], false);
        assert_eq!(sent(&messages), [0, 1, 0]);
        publisher.publish(&outbox, uri.clone(), None, vec![finding()], false);
        publisher.retain(&outbox, |_| false);
        publisher.retain(&outbox, |_| false);
        assert_eq!(sent(&messages), [1, 0]);
    }
}
