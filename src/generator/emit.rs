//! Writes the Rust of a catalogue that was found to be right.
//!
//! What is written is thin: a struct of parameters, the requests, one static record per tool.
//! Behaviour is in the hand-written functions it calls. Each line that names something of bollard
//! stays short and ends in the place of the catalogue it came from, because that line is all that
//! rustc shows when the name is wrong.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Generated;
use super::model::{
    Action, Argument, Assigned, Assignment, Example, Field, Kind, Origin, Origination, Output,
    Param, Path, Plan, Request, Root, Slot, Structure, Tool,
};
use super::spec::{Deadline, Shape, Tier};

/// One file per tool and one that lists them.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(crate) fn files(tools: &[Tool]) -> Result<Vec<Generated>, String> {
    let mut files = Vec::new();
    for tool in tools {
        files.push(Generated {
            path: path(tool),
            code: formatted(tool_file(tool), &tool.source)?,
        });
    }
    files.push(Generated {
        path: "catalog.rs".to_owned(),
        code: formatted(index(tools), "catalog")?,
    });
    Ok(files)
}

fn path(tool: &Tool) -> String {
    format!("{}/{}.rs", tool.toolset, tool.stem)
}

/// Formats the tokens and moves each origin to the end of the lines of the statement it is about.
fn formatted(tokens: TokenStream, source: &str) -> Result<String, String> {
    let file = syn::parse2(tokens)
        .map_err(|error| format!("the generator wrote no Rust for {source}: {error}"))?;
    let mut code = String::new();
    let mut origin = None;
    for line in prettyplease::unparse(&file).lines() {
        let marker = line
            .trim_start()
            .strip_prefix("#[origin = \"")
            .and_then(|rest| rest.strip_suffix("\"]"));
        if marker.is_some() {
            origin = marker.map(str::to_owned);
            continue;
        }
        code.push_str(line);
        if let Some(origin) = &origin {
            code.push_str(" // ");
            code.push_str(origin);
        }
        if line.ends_with(';') {
            origin = None;
        }
        code.push('\n');
    }
    Ok(code)
}

fn index(tools: &[Tool]) -> TokenStream {
    let modules = tools.iter().map(|tool| {
        let (module, file) = (format_ident!("{}", tool.stem), format!("/{}", path(tool)));
        let doc = format!("{} Defined in `{}`.", tool.summary, tool.source);
        quote! {
            #[doc = #doc]
            pub mod #module {
                include!(concat!(env!("OUT_DIR"), #file));
            }
        }
    });
    let names = tools.iter().map(|tool| format_ident!("{}", tool.stem));
    quote! {
        #(#modules)*
        /// Every tool, by toolset and name.
        pub static TOOLS: &[&crate::catalog::Tool] = &[#(&#names::TOOL),*];
    }
}

fn tool_file(tool: &Tool) -> TokenStream {
    let (params, parse, record) = (params_struct(tool), parse_function(tool), record(tool));
    let grace = tool.grace.as_ref().map(|name| {
        let name = format_ident!("{name}");
        quote! {
            fn grace(&self) -> Duration {
                Duration::from_secs(self.#name.unsigned_abs())
            }
        }
    });
    let (looks, run) = (looks(tool), run(tool));
    quote! {
        use crate::catalog::prelude::*;
        #params
        impl Operation for Params {
            fn params(&self) -> Value {
                to_value(self)
            }
            #grace
            #looks
            fn run<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
                #run
            }
        }
        #parse
        #record
    }
}

fn params_struct(tool: &Tool) -> TokenStream {
    let doc = format!(
        "The parameters of `{}`. Defined in `{}`.",
        tool.name, tool.source
    );
    let fields = tool.params.iter().map(|param| {
        let (name, doc) = (format_ident!("{}", param.name), &param.doc);
        let kind: syn::Type = syn::parse_str(&param.rust).unwrap_or_else(|_| syn::parse_quote!(()));
        let kind = if param.optional() {
            quote!(Option<#kind>)
        } else {
            quote!(#kind)
        };
        quote! {
            #[doc = #doc]
            pub #name: #kind
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Serialize)]
        pub struct Params { #(#fields),* }
    }
}

fn parse_function(tool: &Tool) -> TokenStream {
    let fields = tool.params.iter().map(|param| {
        let (field, name) = (format_ident!("{}", param.name), &param.name);
        if param.optional() {
            quote!(#field: arguments.optional(#name)?)
        } else {
            quote!(#field: arguments.required(#name)?)
        }
    });
    quote! {
        fn parse(arguments: &mut Arguments) -> Result<Box<dyn Operation>, InvalidArgument> {
            Ok(Box::new(Params { #(#fields),* }))
        }
    }
}

fn looks(tool: &Tool) -> Option<TokenStream> {
    let looks: Vec<TokenStream> = tool
        .looks
        .iter()
        .map(|(name, request)| {
            let request = recorded(request, &[]);
            quote! {
                #request
                look.add(#name, call.engine.json(request).await?);
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

fn run(tool: &Tool) -> TokenStream {
    match &tool.action {
        Action::Handler {
            module,
            origin: Origin(origin),
        } => {
            let module = format_ident!("{module}");
            quote! {
                #[origin = #origin]
                let operation = crate::operations::#module::run(self, call);
                Box::pin(operation)
            }
        }
        Action::Calls { call, then } => {
            let acts_on: Vec<&str> = tool
                .acts_on
                .iter()
                .map(|(param, _)| param.as_str())
                .collect();
            let ids = tool.acts_on.iter().map(|(param, path)| {
                let (id, path) = (format_ident!("{param}"), path_record(path));
                quote!(let #id = call.look.text(&#path)?;)
            });
            let request = recorded(call, &acts_on);
            let reply = match then {
                None => quote!(call.engine.json(request).await.map_err(CallError::from)),
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

/// `let request = …` for a bollard call.
fn recorded(request: &Request, acts_on: &[&str]) -> TokenStream {
    let options = request
        .options
        .as_ref()
        .map(|options| structure(options, "options"));
    let body = request.body.as_ref().map(|body| structure(body, "body"));
    let (method, Origin(origin)) = (format_ident!("{}", request.method), &request.origin);
    let arguments = request
        .arguments
        .iter()
        .map(|argument| argument_tokens(argument, acts_on));
    let about = request.subject.as_ref().map(|(kind, param)| {
        let name = format_ident!("{param}");
        quote!(.about(#kind, &self.#name))
    });
    quote! {
        #options
        #body
        let request = record(|docker| async move {
            #[origin = #origin]
            let reply = docker.#method(#(#arguments),*);
            reply.await
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
        Assigned::Boolean(constant) => set(quote!(&#constant)),
        Assigned::Integer(constant) => set(quote!(&#constant)),
        Assigned::Text(constant) => set(quote!(#constant)),
        Assigned::Filters(filters) => {
            let filters = filters.iter().map(|(name, values)| {
                let values = values.iter().map(|value| {
                    match value.strip_prefix('{').and_then(|v| v.strip_suffix('}')) {
                        Some(param) => {
                            let param = format_ident!("{param}");
                            quote!(self.#param.to_string())
                        }
                        None => quote!(#value.to_owned()),
                    }
                });
                quote!((#name.to_owned(), vec![#(#values),*]))
            });
            set(quote!(&Filters([#(#filters),*].into())))
        }
    }
}

fn record(tool: &Tool) -> TokenStream {
    let (name, toolset, source) = (&tool.name, &tool.toolset, &tool.source);
    let (title, summary, description) = (&tool.title, &tool.summary, &tool.description);
    let tier = match tool.tier {
        Tier::Safe => quote!(Tier::Safe),
        Tier::Moderate => quote!(Tier::Moderate),
        Tier::Destructive => quote!(Tier::Destructive),
    };
    let (destructive, idempotent, open_world) =
        (tool.destructive, tool.idempotent, tool.open_world);
    let params = tool.params.iter().map(param_record);
    let (input_schema, output_schema) = (
        tool.input_schema.to_string(),
        tool.output_schema.to_string(),
    );
    let output = output_record(&tool.output);
    let plan = optional(tool.plan.as_ref().map(plan_record));
    let deadline = match tool.deadline {
        Deadline::Standard => quote!(Deadline::Standard),
        Deadline::Long => quote!(Deadline::Long),
    };
    let examples = tool.examples.iter().map(example_record);
    quote! {
        #[doc = #summary]
        pub static TOOL: Tool = Tool {
            name: #name,
            toolset: #toolset,
            source: #source,
            title: #title,
            summary: #summary,
            description: #description,
            tier: #tier,
            hints: Hints { destructive: #destructive, idempotent: #idempotent, open_world: #open_world },
            params: &[#(#params),*],
            input_schema: #input_schema,
            output_schema: #output_schema,
            output: #output,
            plan: #plan,
            deadline: #deadline,
            examples: &[#(#examples),*],
            parse,
        };
    }
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

fn param_record(param: &Param) -> TokenStream {
    let Param {
        name,
        doc,
        kind,
        wanted,
        required,
        secret,
        values,
        ..
    } = param;
    let default = optional(param.default.as_ref().map(|default| {
        let text = default.to_string();
        quote!(#text)
    }));
    let (min, max) = (
        optional(param.min.map(|min| quote!(#min))),
        optional(param.max.map(|max| quote!(#max))),
    );
    quote! {
        Param {
            name: #name,
            doc: #doc,
            kind: #kind,
            wanted: #wanted,
            required: #required,
            secret: #secret,
            default: #default,
            min: #min,
            max: #max,
            values: &[#(#values),*],
        }
    }
}

fn plan_record(plan: &Plan) -> TokenStream {
    let (ids, same) = (
        plan.ids.iter().map(path_record),
        plan.same.iter().map(path_record),
    );
    let text = &plan.text;
    quote!(Plan { ids: &[#(#ids),*], same: &[#(#same),*], text: #text })
}

fn example_record(example: &Example) -> TokenStream {
    let (title, args, requests) = (&example.title, example.args.to_string(), &example.requests);
    let bodies = example.bodies.iter().map(ToString::to_string);
    quote!(Example { title: #title, args: #args, requests: &[#(#requests),*], bodies: &[#(#bodies),*] })
}

fn output_record(output: &Output) -> TokenStream {
    match output {
        Output::Document(key) => quote!(Output::Document(#key)),
        Output::Fields(fields) => {
            let fields = fields.iter().map(field_record);
            quote!(Output::Fields(&[#(#fields),*]))
        }
        Output::List {
            key,
            from,
            sort,
            fields,
        } => {
            let (from, fields) = (path_record(from), fields.iter().map(field_record));
            quote!(Output::List(List { key: #key, from: #from, sort: &[#(#sort),*], fields: &[#(#fields),*] }))
        }
    }
}

fn field_record(field: &Field) -> TokenStream {
    let (key, nullable) = (&field.key, field.nullable);
    let source = match &field.source {
        Origination::Path(path) => {
            let path = path_record(path);
            quote!(Source::Path(#path))
        }
        Origination::Join(paths, join) => {
            let paths = paths.iter().map(path_record);
            quote!(Source::Join(&[#(#paths),*], #join))
        }
        Origination::Constant(value) => {
            let text = value.to_string();
            quote!(Source::Constant(#text))
        }
    };
    let kind = match field.kind {
        Kind::String => quote!(Kind::String),
        Kind::Integer => quote!(Kind::Integer),
        Kind::Number => quote!(Kind::Number),
        Kind::Boolean => quote!(Kind::Boolean),
        Kind::Object | Kind::StringMap => quote!(Kind::Object),
        Kind::Strings | Kind::Objects => quote!(Kind::Array),
    };
    let shape = optional(field.shape.map(|shape| match shape {
        Shape::ShortId => quote!(Shape::ShortId),
        Shape::ImageId => quote!(Shape::ImageId),
        Shape::ContainerName => quote!(Shape::ContainerName),
        Shape::Tags => quote!(Shape::Tags),
        Shape::Ports => quote!(Shape::Ports),
        Shape::Time => quote!(Shape::Time),
        Shape::List => quote!(Shape::List),
        Shape::Count => quote!(Shape::Count),
    }));
    let when = optional(field.when.as_ref().map(|when| quote!(#when)));
    quote!(Field { key: #key, source: #source, kind: #kind, nullable: #nullable, shape: #shape, when: #when })
}

fn path_record(path: &Path) -> TokenStream {
    let segments = &path.segments;
    let root = match path.root {
        Root::Reply => quote!(Root::Reply),
        Root::Params => quote!(Root::Params),
        Root::Look => quote!(Root::Look),
    };
    quote!(Path { root: #root, segments: &[#(#segments),*] })
}
