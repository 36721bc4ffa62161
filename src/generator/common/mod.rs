//! Gathers what the rooms of the generator share: the files and their places, what is wrong in them, and
//! what is known of replies.

pub(crate) mod at;
pub(crate) mod code;
pub(crate) mod diagnostic;
pub(crate) mod keys;
mod mend;
mod mistyped;
pub(crate) mod parse;
pub(crate) mod reads;
pub(crate) mod reply;
pub(crate) mod source;
pub(crate) mod template;
pub(crate) mod unmodelled;
pub(crate) mod vocabulary;
