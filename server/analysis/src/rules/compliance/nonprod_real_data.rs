//! Real data where people try things out.

use archwright_grammar::vocabulary::Kind;

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        environments::{environments, is_production},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.nonprod_real_data",
    severity: Severity::Error,
    summary: "Real data lies where people try things out.",
    clauses: &[
        ("iso27001", "ISO/IEC 27001:2022 A.8.31"),
        ("iso27001", "ISO/IEC 27001:2022 A.8.33"),
        ("pci", "PCI DSS 6.5"),
    ],
    page: include_str!("../../../../../docs/rules/compliance/nonprod_real_data.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("iso27001") && !cx.complies("pci") {
        return;
    }
    for (item, facts) in environments(cx) {
        let Some((from, false)) = &facts.data_from else { continue };
        // What comes from a copy is as real as that copy is, which is judged there.
        let Some(source) = cx.def(item, from).filter(|source| is_production(cx, source.item)) else {
            continue;
        };
        let at = cx
            .statement(item, &Loc::head(&[]), Kind::DataFrom)
            .unwrap_or_else(|| from.loc.clone());
        let name = cx.name(item).clone();
        let source_name = cx.name(source.item);
        findings.push(
            Finding::new(
                RULE.id,
                RULE.severity,
                name.clone(),
                Place::new(item, at.clone()),
                format!(
                    "`{name}` takes the data of `{source_name}` as it is: what is real leaks through the place that is guarded least"
                ),
            )
            .help("Mask it on the way (`data from … masked`), or use made-up data.")
            .related(format!("`{source_name}` has the real data"), cx.place(source))
            .citing(cx, &RULE, &["iso27001", "pci"])
            .fix(
                FixPlan::suggest(
                    format!("Mask the data on its way to {name}"),
                    vec![Step::InsertAfter(Place::new(item, at), " masked".to_owned())],
                )
                .preferred(),
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(regimes: &str, staging: &str) -> Vec<String> {
        of_rule(
            &format!("system S {{ {regimes} }}\nenvironment Production {{ region \"eu\" }}\nenvironment Staging {{ {staging} }}\n"),
            "compliance.nonprod_real_data",
        )
    }

    #[test]
    fn unmasked_data_of_production_is_an_error() {
        assert_eq!(check("complies pci", "data from Production"), ["3 error Staging"]);
        assert_eq!(check("complies iso27001", "data from Production"), ["3 error Staging"]);
    }

    #[test]
    fn masked_data_other_sources_and_other_regimes_are_fine() {
        assert_eq!(check("complies pci", "data from Production masked"), [""; 0]);
        assert_eq!(check("complies pci", "region \"eu\""), [""; 0]);
        assert_eq!(check("complies gdpr, hipaa, soc2", "data from Production"), [""; 0]);
        let chain = "system S { complies pci }\nenvironment Production { region \"eu\" }\nenvironment Staging { data from Production masked }\nenvironment Dev { data from Staging }\n";
        assert_eq!(of_rule(chain, "compliance.nonprod_real_data"), [""; 0]);
    }

    #[test]
    fn it_can_be_masked() {
        let text = "system S { complies pci }\nenvironment Production { region \"eu\" }\nenvironment Staging {\n  data from Production\n}\n";
        assert!(fixed(text, "Mask the data on its way to Staging").contains("  data from Production masked\n"));
    }
}
