//! Writes a bollard call, with the options and the body that are filled in for it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generator::common::reads::qualified;
use crate::generator::common::source::Origin;
use crate::generator::tool::model::{
    Argument, Assigned, Assignment, Filter, FilterValue, Request, Slot, Structure,
};

/// `let request = …` for a bollard call.
pub(super) fn recorded(request: &Request, acts_on: &[&str]) -> TokenStream {
    let options = request
        .options
        .as_ref()
        .map(|options| structure(options, "options"));
    let body = request.body.as_ref().map(|body| structure(body, "body"));
    let is_timed = |structure: &Structure| {
        let mut values = structure.assignments.iter().map(|one| &one.value);
        values.any(|value| matches!(value, Assigned::Time(..)))
    };
    let now = [&request.options, &request.body]
        .into_iter()
        .flatten()
        .any(is_timed)
        .then(|| quote!(let now = call.engine.now().await?;));
    let (method, Origin(origin)) = (format_ident!("{}", request.method), &request.origin);
    let arguments = request
        .arguments
        .iter()
        .map(|argument| argument_tokens(argument, acts_on));
    let about = request.subject.as_ref().map(|(kind, param)| {
        let name = format_ident!("{param}");
        quote!(.about(#kind, &self.#name))
    });
    // What is read of the reply is checked against this type.
    let reply = match qualified(request.returns) {
        Some(returns) => quote! {
            #[origin = #origin]
            let reply: Result<#returns, _> = reply.await;
            reply
        },
        None => quote!(reply.await),
    };
    quote! {
        #now
        #options
        #body
        let request = record(|docker| async move {
            #[origin = #origin]
            let reply = docker.#method(#(#arguments),*);
            #reply
        })? #about;
    }
}

fn argument_tokens(argument: &Argument, acts_on: &[&str]) -> TokenStream {
    let value = match &argument.value {
        Slot::Options => quote!(options),
        Slot::Body => quote!(body),
        Slot::None => quote!(None),
        Slot::Param(name) if acts_on.contains(&name.as_str()) => {
            let id = format_ident!("{name}");
            quote!(#id)
        }
        Slot::Param(name) => {
            let name = format_ident!("{name}");
            quote!(&self.#name)
        }
    };
    if argument.some {
        quote!(Some(#value))
    } else {
        value
    }
}

fn structure(structure: &Structure, name: &str) -> TokenStream {
    let (variable, Origin(origin)) = (format_ident!("{name}"), &structure.origin);
    let (path, last) = match structure.path.rsplit_once("::") {
        Some((module, last)) => (format_ident!("{module}"), format_ident!("{last}")),
        None => (format_ident!("models"), format_ident!("{}", structure.path)),
    };
    let assignments = structure
        .assignments
        .iter()
        .map(|one| assignment(one, &variable));
    quote! {
        #[origin = #origin]
        let mut #variable = bollard::#path::#last::default();
        #(#assignments)*
    }
}

fn assignment(assignment: &Assignment, variable: &syn::Ident) -> TokenStream {
    let Origin(origin) = &assignment.origin;
    let mut place = quote!(#variable);
    let mut steps = Vec::new();
    let Some((last, outer)) = assignment.target.split_last() else {
        return TokenStream::new();
    };
    for field in outer {
        let field = format_ident!("{field}");
        steps.push(quote! {
            #[origin = #origin]
            let inner = #place.#field.get_or_insert_default();
        });
        place = quote!(inner);
    }
    let field = format_ident!("{last}");
    let set = |value: TokenStream| {
        quote! {
            #(#steps)*
            #[origin = #origin]
            let target = &mut #place.#field;
            #[origin = #origin]
            assign(target, #value)?;
        }
    };
    match &assignment.value {
        Assigned::Param(name, true) => {
            let (name, set) = (format_ident!("{name}"), set(quote!(value)));
            quote! {
                if let Some(value) = &self.#name { #set }
            }
        }
        Assigned::Param(name, false) => {
            let name = format_ident!("{name}");
            set(quote!(&self.#name))
        }
        Assigned::Time(name, optional) => {
            let name = format_ident!("{name}");
            let end = if last == "until" { "ends" } else { "begins" };
            let end = format_ident!("{end}");
            if *optional {
                let set = set(quote!(&value.#end(now)));
                quote! {
                    if let Some(value) = &self.#name { #set }
                }
            } else {
                set(quote!(&self.#name.#end(now)))
            }
        }
        Assigned::Boolean(constant) => set(quote!(&#constant)),
        Assigned::Integer(constant) => set(quote!(&#constant)),
        Assigned::Text(constant) => set(quote!(#constant)),
        Assigned::Filters(filters) => {
            let filters = filters.iter().map(|Filter { name, values }| {
                let values = values.iter().map(|value| match value {
                    FilterValue::Text(text) => quote!([#text.to_owned()]),
                    FilterValue::Param(param, false) => {
                        let param = format_ident!("{param}");
                        quote!([self.#param.to_string()])
                    }
                    FilterValue::Param(param, true) => {
                        let param = format_ident!("{param}");
                        quote!(self.#param.iter().map(ToString::to_string))
                    }
                });
                quote! {
                    let mut values: Vec<String> = Vec::new();
                    #(values.extend(#values);)*
                    // A filter without a value lets nothing through.
                    if !values.is_empty() {
                        filters.0.insert(#name.to_owned(), values);
                    }
                }
            });
            let set = set(quote!(&filters));
            quote! {
                let mut filters = Filters::default();
                #(#filters)*
                if !filters.0.is_empty() { #set }
            }
        }
    }
}
