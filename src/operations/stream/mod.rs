//! Reads what the Engine sends for as long as it lasts: logs, output, events.

pub(crate) mod event;
pub(crate) mod event_filter;
pub(crate) mod events;
pub(crate) mod frames;
pub(crate) mod head_and_tail;
pub(crate) mod lines;
pub(crate) mod logs;
pub(crate) mod newest;
pub(crate) mod records;
pub(crate) mod redacted;
pub(crate) mod source;
pub(crate) mod stretch;
pub(crate) mod transcript;
