//! Where something is written that facts hold without its place: looked up in the tree when a finding is made.

use archwright_grammar::vocabulary::Kind;

use super::{
    cx::Cx,
    loc::{Loc, Part},
};
use crate::db::{Item, parsed};

impl Cx<'_> {
    /// The head of the first statement of a kind in the block of the node that `within` is in.
    pub fn statement(self, item: Item, within: &Loc, kind: Kind) -> Option<Loc> {
        let node = within.node(parsed(self.db, item))?;
        let index = node.children().iter().position(|child| child.kind() == kind)?;
        let mut path = within.path.clone();
        path.push(index as u16);
        Some(Loc::head(&path))
    }

    /// The first argument in a slot of the node that `within` is in.
    pub fn argument(self, item: Item, within: &Loc, slot: &str) -> Option<Loc> {
        let node = within.node(parsed(self.db, item))?;
        let index = node.args.iter().position(|argument| argument.slot == slot)?;
        Some(within.with(Part::Arg(index as u16)))
    }
}
