/// Why the Engine gave no answer, or a refusal.
#[derive(Debug, thiserror::Error)]
pub enum EngineError { }
