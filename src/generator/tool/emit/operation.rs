//! Writes what a tool does: its looks, and its calls or its handler.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::record;
use super::reply;
use super::request::recorded;
use crate::generator::common::source::Origin;
use crate::generator::tool::model::{Action, Handler, Look, Tool};

pub(super) fn looks(tool: &Tool) -> Option<TokenStream> {
    let looks: Vec<TokenStream> = tool
        .looks
        .iter()
        .map(|(name, look)| match look {
            Look::Call(request) => {
                // `list_containers` is about containers.
                let about = request.method.rsplit('_').next().unwrap_or_default();
                let request = recorded(request, &[]);
                quote! {
                    #request
                    look.add(#name, #about, call.engine.json(request).await?);
                }
            }
            Look::Handler(Handler {
                module,
                origin: Origin(origin),
            }) => {
                let module = format_ident!("{module}");
                quote! {
                    #[origin = #origin]
                    let found = crate::operations::#module::plan(self, call);
                    let found: crate::operations::#module::Plan = found.await?;
                    look.plan(#name, found);
                }
            }
        })
        .collect();
    (!looks.is_empty()).then(|| {
        quote! {
            fn look<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Look, CallError>> {
                Box::pin(async move {
                    let mut look = Look::default();
                    #(#looks)*
                    Ok(look)
                })
            }
        }
    })
}

pub(super) fn run(tool: &Tool) -> TokenStream {
    match &tool.action {
        Action::Handler(Handler {
            module,
            origin: Origin(origin),
        }) => {
            let (module, named) = (format_ident!("{module}"), reply::named(tool));
            let plans = tool.looks.iter().filter_map(|(name, look)| match look {
                Look::Handler(planner) => Some((format_ident!("{name}"), planner)),
                Look::Call(_) => None,
            });
            let (plans, found): (Vec<_>, Vec<_>) = plans
                .map(|(plan, planner)| {
                    let (module, Origin(origin)) =
                        (format_ident!("{}", planner.module), &planner.origin);
                    let found = quote! {
                        #[origin = #origin]
                        let #plan = call.look.planned::<crate::operations::#module::Plan>()?;
                    };
                    (plan, found)
                })
                .unzip();
            quote! {
                Box::pin(async move {
                    #(#found)*
                    #[origin = #origin]
                    let reply = crate::operations::#module::run(self, #(#plans,)* call).await?;
                    given::<#named>(reply)
                })
            }
        }
        Action::Program(Origin(origin)) => {
            let record = format_ident!("{}", tool.stem);
            quote! {
                Box::pin(async move {
                    #[origin = #origin]
                    let command = &crate::catalog::generated::#record::COMMAND;
                    let selection = crate::compose::Selection {
                        project_directory: self.project_directory.clone(),
                        files: self.files.clone().unwrap_or_default(),
                        profiles: self.profiles.clone().unwrap_or_default(),
                        project_name: self.project_name.clone(),
                        loader: crate::compose::Loader::Compose,
                    };
                    let outcome = crate::operations::once::run(command, self.args(), &selection, call);
                    Ok(to_value(&outcome.await?))
                })
            }
        }
        Action::Calls { call, then } => {
            let acts_on: Vec<&str> = tool
                .acts_on
                .iter()
                .map(|(param, _)| param.as_str())
                .collect();
            let ids = tool.acts_on.iter().map(|(param, path)| {
                let (id, path) = (format_ident!("{param}"), record::path(path));
                quote!(let #id = call.look.text(&#path)?;)
            });
            let request = recorded(call, &acts_on);
            let reply = match then {
                None => quote!(call.reply(request).await),
                Some(then) => {
                    let then = recorded(then, &acts_on);
                    quote! {
                        call.engine.json(request).await?;
                        #then
                        call.then(request).await
                    }
                }
            };
            quote! {
                Box::pin(async move {
                    #(#ids)*
                    #request
                    #reply
                })
            }
        }
    }
}
