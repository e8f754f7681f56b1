//! A disk in memory, and rendered services made by hand.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use archwright_codegen::files::{Class, RenderedFile};
use archwright_codegen::plan::{Current, Files, LightChecks, Lock, Plan, PlanOptions, Write, plan};
use archwright_codegen::{Rendered, RenderedService};

/// Files, stored pristine texts and the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) bases: BTreeMap<String, String>,
    pub(crate) lock: Option<String>,
}

impl Files for Disk {
    fn current(&self, path: &str) -> Current {
        self.files
            .get(path)
            .map_or(Current::Missing, |text| Current::Text(text.clone()))
    }

    fn base(&self, sha256: &str) -> Option<String> {
        self.bases.get(sha256).cloned()
    }

    fn bases(&self) -> Vec<String> {
        self.bases.keys().cloned().collect()
    }
}

impl Disk {
    pub(crate) fn lock(&self) -> Lock {
        self.lock
            .as_deref()
            .map_or_else(Lock::default, |text| Lock::parse(text).expect("a lock of ours"))
    }

    pub(crate) fn plan(&self, rendered: &Rendered, options: &PlanOptions) -> Plan {
        plan(rendered, &self.lock(), self, &LightChecks, options)
    }

    pub(crate) fn apply(&mut self, write: &Write) {
        match write {
            Write::File { path, text, .. } => {
                self.files.insert(path.clone(), text.clone());
            }
            Write::Delete { path, .. } => {
                self.files.remove(path);
            }
            Write::Base { sha256, text } => {
                self.bases.insert(sha256.clone(), text.clone());
            }
            Write::DropBase { sha256 } => {
                self.bases.remove(sha256);
            }
            Write::Lock { text } => self.lock = Some(text.clone()),
        }
    }

    /// Plans and writes everything.
    pub(crate) fn run(&mut self, rendered: &Rendered, options: &PlanOptions) -> Plan {
        let plan = self.plan(rendered, options);
        for write in plan.writes() {
            self.apply(&write);
        }
        plan
    }
}

pub(crate) fn file(path: &str, class: Class, text: &str) -> RenderedFile {
    RenderedFile::new(
        path,
        class,
        format!("test/{path}"),
        [format!("Orders.{path}")],
        text,
    )
}

/// The service `Orders` with these files, as if the whole blueprint had been rendered.
pub(crate) fn service(files: Vec<RenderedFile>) -> Rendered {
    Rendered {
        services: vec![RenderedService {
            service: "Orders".to_owned(),
            folder: "orders".to_owned(),
            files,
        }],
        not_generated: Vec::new(),
        known_services: BTreeSet::from(["Orders".to_owned()]),
        complete: true,
    }
}

pub(crate) fn owned(path: &str, text: &str) -> Rendered {
    service(vec![file(path, Class::Owned, text)])
}
