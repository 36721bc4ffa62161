//! Judges the images that a build takes up: what is built inherits the labels of those that it begins with.

use form_urlencoded::parse;

use super::named::{Name, Named};
use super::object_scope::ObjectScope;
use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;
use crate::engine::policy::vetted::{Base, Proof};
use crate::engine::probe::PolicyProbe;
use crate::engine::record::Request;

impl ObjectScope {
    /// Refuses a build of an image that has a label of the scope with another value, and of one that is not known.
    pub(super) async fn judge_bases(
        &self,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let Some(Proof::Build(vetted)) = request.proof() else {
            // The policy refuses it.
            return Ok(());
        };
        let bases: Vec<Base> = vetted.bases().cloned().collect();
        let pulls = parse(request.query().as_bytes())
            .any(|(key, value)| key == "pull" && !matches!(&*value, "" | "0" | "false"));
        for base in bases {
            let of = match base {
                Base::Named(of) => of,
                Base::Unknown { line, written } => {
                    let written = crate::untrusted::clean(&written);
                    return Err(self.refusal(format_args!(
                        "which image `{written}` in line {line} of the Dockerfile is, and so whose, is not known: give \
                         the arguments in it a value"
                    )));
                }
            };
            let name = |named| Name {
                kind: ObjectKind::Image,
                named,
                of: of.clone(),
            };
            self.judge_name(name(Named::Inherits), request, engine)
                .await?;
            // What is pulled takes the tag.
            if pulls {
                self.judge_name(name(Named::Takes), request, engine).await?;
            }
        }
        Ok(())
    }
}
