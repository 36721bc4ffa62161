//! Writes the static record of a tool, which the server lists and projects by.

use proc_macro2::TokenStream;
use quote::quote;

use super::{command, rust_type};
use crate::generator::common::code::{optional, variant};
use crate::generator::tool::model::{
    Across, Example, Field, Origination, Output, Param, Path, Plan, Tool,
};
use crate::generator::tool::spec::As;

/// The static record of a tool.
pub(super) fn tool(tool: &Tool) -> TokenStream {
    let (name, toolset, source) = (&tool.name, &tool.toolset, &tool.source);
    let (title, summary, description) = (&tool.title, &tool.summary, &tool.description);
    let tier = variant("Tier", tool.tier);
    let (carrier, task) = (tool.carrier, tool.task);
    let view = optional(tool.view.map(|view| variant("View", view)));
    let since = optional(tool.since.map(|since| variant("Release", since)));
    let (destructive, idempotent, open_world) =
        (tool.destructive, tool.idempotent, tool.open_world);
    let params = tool.params.iter().map(param);
    let output_schema = tool.output_schema.to_string();
    let output = output(&tool.output);
    let across = optional(tool.across.as_ref().map(across));
    let command = optional(tool.command.as_ref().map(|_| quote!(&COMMAND)));
    let program = tool.command.as_ref().map(command::record);
    let plan = optional(tool.plan.as_ref().map(plan));
    let deadline = variant("Deadline", tool.deadline);
    let examples = tool.examples.iter().map(example);
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
            carrier: #carrier,
            task: #task,
            view: #view,
            since: #since,
            hints: Hints { destructive: #destructive, idempotent: #idempotent, open_world: #open_world },
            params: &[#(#params),*],
            output_schema: #output_schema,
            output: #output,
            across: #across,
            command: #command,
            plan: #plan,
            deadline: #deadline,
            examples: &[#(#examples),*],
        };
        #program
    }
}

fn param(param: &Param) -> TokenStream {
    let Param {
        name,
        doc,
        kind,
        rust,
        keys,
        wanted,
        required,
        secret,
        stays,
        by_name,
        values,
        aliases,
        unrecorded,
        empty,
        ..
    } = param;
    let default = optional(param.default.as_ref().map(|default| {
        let text = default.to_string();
        quote!(#text)
    }));
    let rust = rust_type(rust);
    let since = optional(param.since.map(|since| variant("Release", since)));
    let keys = optional(keys.as_ref().map(|keys| quote!(#keys)));
    let (min, max) = (
        optional(param.min.map(|min| quote!(#min))),
        optional(param.max.map(|max| quote!(#max))),
    );
    quote! {
        Param {
            name: #name,
            doc: #doc,
            kind: #kind,
            schema: &<#rust as Parameter>::SCHEMA,
            keys: #keys,
            wanted: #wanted,
            required: #required,
            secret: #secret,
            stays: #stays,
            by_name: #by_name,
            default: #default,
            min: #min,
            max: #max,
            values: &[#(#values),*],
            aliases: &[#(#aliases),*],
            unrecorded: #unrecorded,
            since: #since,
            empty: #empty,
        }
    }
}

fn plan(plan: &Plan) -> TokenStream {
    let (ids, same) = (plan.ids.iter().map(path), plan.same.iter().map(path));
    let text = &plan.text;
    quote!(Plan { ids: &[#(#ids),*], same: &[#(#same),*], text: #text })
}

fn example(example: &Example) -> TokenStream {
    let (title, args) = (&example.title, example.args.to_string());
    let (requests, argv) = (&example.requests, &example.argv);
    let bodies = example.bodies.iter().map(ToString::to_string);
    let reply = optional(example.reply.as_ref().map(|reply| {
        let text = reply.to_string();
        quote!(#text)
    }));
    quote!(Example { title: #title, args: #args, requests: &[#(#requests),*], argv: &[#(#argv),*], reply: #reply, bodies: &[#(#bodies),*] })
}

fn output(output: &Output) -> TokenStream {
    match output {
        Output::Document(key) => quote!(Output::Document(#key)),
        Output::Fields(fields) => {
            let fields = fields.iter().map(field);
            quote!(Output::Fields(&[#(#fields),*]))
        }
        Output::List {
            key,
            from,
            sort,
            fields,
        } => {
            let (from, fields) = (path(from), fields.iter().map(field));
            quote!(Output::List(List { key: #key, from: #from, sort: &[#(#sort),*], fields: &[#(#fields),*] }))
        }
    }
}

fn across(across: &Across) -> TokenStream {
    let Across {
        list,
        sort,
        words,
        last,
    } = across;
    let list = optional(list.as_ref().map(|list| quote!(#list)));
    quote!(Across { list: #list, sort: &[#(#sort),*], words: &[#(#words),*], last: #last })
}

fn field(field: &Field) -> TokenStream {
    let (key, nullable) = (&field.key, field.nullable);
    let source = match &field.source {
        Origination::Path(place) => {
            let path = path(place);
            quote!(Source::Path(#path))
        }
        Origination::Join(paths, join) => {
            let paths = paths.iter().map(path);
            quote!(Source::Join(&[#(#paths),*], #join))
        }
        Origination::Rows([titles, cells]) => {
            let (titles, cells) = (path(titles), path(cells));
            quote!(Source::Rows(&[#titles, #cells]))
        }
        Origination::Constant(value) => {
            let text = value.to_string();
            quote!(Source::Constant(#text))
        }
    };
    let kind = variant("FieldType", field.kind);
    let shape = optional(field.shape.as_ref().map(|rewriting| match rewriting {
        As::Shape(shape) => {
            let shape = variant("Shape", shape);
            quote!(As::Shape(#shape))
        }
        As::Words(words) => {
            let words = words.iter().map(|(sent, word)| quote!((#sent, #word)));
            quote!(As::Words(&[#(#words),*]))
        }
    }));
    let when = optional(field.when.as_ref().map(|when| quote!(#when)));
    quote!(Field { key: #key, source: #source, kind: #kind, nullable: #nullable, shape: #shape, when: #when })
}

/// A path into what a call knows.
pub(super) fn path(path: &Path) -> TokenStream {
    let segments = &path.segments;
    let root = variant("Root", path.root);
    quote!(Path { root: #root, segments: &[#(#segments),*] })
}
