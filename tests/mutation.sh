#!/usr/bin/env bash
# Takes each guard out of the server in turn, and shows that a test notices.
#
#   tests/mutation.sh                    every guard
#   tests/mutation.sh 'tier*'            the guards whose names match
#   tests/mutation.sh --changed [BASE]   the guards whose file changed since the commit BASE; without
#                                        one, since this branch left origin/main; where it did not
#                                        leave it, every guard
#   tests/mutation.sh --check            only look whether each guard is where the table says, and has
#                                        its test
#
# All guards are taken out of one build: in a copy of the repository each of them becomes a choice
# that is made at run time, by a file beside the copy that names the guard that is out. So a guard
# costs one test, not one build. The copy is in $MCP_DOCKER_MUTATION_DIR or the user's cache, where
# its build is kept for the next run. Ends non-zero if a guard can be taken out unnoticed, or is no
# longer where the table says.

set -euo pipefail
cd "$(dirname "$0")/.."

work=${MCP_DOCKER_MUTATION_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mcp-docker-mutation}
wanted='*' mode=run base=
case "${1:-}" in
  --changed) mode=changed base=${2:-} ;;
  --check) mode=check ;;
  ?*) wanted=$1 ;;
esac
names=() files=() olds=() news=() tests=()

# A guard: its name; its file; its text, which is there once; what takes its place; the test that must
# notice. The text is an expression, and so is what takes its place, or statements, the last with its
# semicolon. The test is `unit` or `suite`, and a part of its name.
guard() { names+=("$1") files+=("$2") olds+=("$3") news+=("$4") tests+=("$5"); }

# Tiers and filters

guard 'tiers and filters, on the path of a call' src/call/mod.rs \
  'gate::permit(tool, safety)?;' \
  '' \
  'suite a_refused_tool_sends_nothing'

guard 'tiers: the check' src/call/gate/tier.rs \
  'missing.is_empty()' \
  'true' \
  'suite a_refused_tool_sends_nothing'

guard 'tiers: read-only means destructive tools too' src/call/gate/tier.rs \
  'vec![moderate, destructive]' \
  'vec![destructive]' \
  'suite a_refused_tool_sends_nothing'

guard 'filters: the check' src/call/gate/mod.rs \
  'filter::permit(tool, config)?;' \
  '' \
  'suite what_a_filter_leaves_out'

guard 'filters: deny wins' src/call/gate/filter.rs \
  'named(&config.denied_tools)' \
  'named(&config.denied_tools) && !named(&config.allowed_tools)' \
  'suite what_a_filter_leaves_out'

guard 'toolsets: the check' src/call/gate/filter.rs \
  'toolset.filter(|_| !config.toolsets.has(toolset))' \
  'None' \
  'suite a_call_of_what_is_off'

guard 'toolsets: what is off is not listed' src/call/gate/filter.rs \
  'switched_on(tool.name, Some(tool.toolset), config)?;' \
  '' \
  'suite what_is_off_is_not_listed'

guard 'toolsets: before the arguments' src/call/mod.rs \
  'gate::switched_on(tool.name, Some(tool.toolset), safety)?;' \
  '' \
  'suite a_call_of_what_is_off'

guard 'toolsets: prompts' src/prompt/mod.rs \
  'switched_on(prompt, &runtime.config().safety)?;' \
  '' \
  'suite a_call_of_what_is_off'

guard 'toolsets: resources' src/resource/mod.rs \
  'gate::switched_on(resource.template, resource.toolset, config)?;' \
  '' \
  'suite a_call_of_what_is_off'

guard 'toolsets: a found file switches none on' src/config/value.rs \
  'field(one).compare(field(other))' \
  'Some(Ordering::Less)' \
  'suite a_found_file_may_tighten'

guard 'insight: a search names no host' src/params/search.rs \
  "text.split_once('/')" \
  'None' \
  'suite a_term_that_names_a_host'

guard 'filters: their names' src/cli/mod.rs \
  'gate::check_filters(&config).map_err(Failure::Usage)?;' \
  '' \
  'suite a_name_or_glob_of_no_tool'

# Settings

guard 'settings: a found .env loosens nothing' src/config/source.rs \
  '!may_be_found(variable, text)' \
  'false' \
  'suite a_found_file_may_tighten_but_not_loosen'

guard 'settings: nothing stands for a variable in a .env' src/config/env_file.rs \
  "character != '\$' || escaped" \
  'true' \
  'suite no_variable_is_read_through_a_file'

guard 'settings: no value of a found .env is repeated' src/config/source.rs \
  '!setting.found' \
  'true' \
  'suite what_is_not_understood_is_not_repeated'

guard 'settings: nor one of its filters' src/call/gate/filter.rs \
  'config.found.contains(&variable)' \
  'false' \
  'suite what_is_not_understood_is_not_repeated'

guard 'settings: the Engine is chosen as a whole' src/config/source.rs \
  'layers.get(..=place)' \
  'None' \
  'suite no_weaker_source_leads_away'

guard 'settings: no name that is not seen' src/config/value.rs \
  'crate::untrusted::clean(text)' \
  'std::borrow::Cow::Borrowed(text)' \
  'suite no_name_of_the_server_holds'

guard 'settings: no file without end' src/files.rs \
  'bytes.len() as u64 > most' \
  'false' \
  'suite a_found_file_that_is_none_or_too_large'

guard 'settings: no pipe in the place of a file' src/files.rs \
  'it.is_file()' \
  'true' \
  'suite no_setting_that_names_a_pipe'

guard 'settings: the tokens differ' src/config/effective.rs \
  'server.auth_token.is_some() && server.auth_token == server.readonly_token' \
  'false' \
  'suite values_that_contradict_each_other'

guard 'settings: a required log has a file' src/config/effective.rs \
  'server.audit_required && server.audit_log.is_none()' \
  'false' \
  'suite values_that_contradict_each_other'

# Arguments

guard 'arguments: one parameter by two names' src/params/arguments.rs \
  'given.insert(param.name.to_owned(), value).is_some()' \
  'given.insert(param.name.to_owned(), value).is_some() && false' \
  'unit an_alias_is_the_parameter_that_has_it'

guard 'arguments: an empty string is no value' src/params/arguments.rs \
  'value == "" && !param.is_some_and(|param| param.empty)' \
  'false' \
  'suite an_empty_string_is_as_if_absent'

guard 'arguments: a variable has a value' src/params/pairs.rs \
  'alone(index, &text)' \
  'Ok((text.clone(), String::new()))' \
  'unit a_reason_names_the_place_and_never_the_value'

guard 'arguments: ranges of ports are of one length' src/params/ports.rs \
  '!alone && !parallel && host != (0..=0)' \
  'false' \
  'unit every_part_is_validated'

guard 'arguments: names in a network of ones own' src/operations/containers/create.rs \
  'has_no_names || network.starts_with("container:")' \
  'false' \
  'unit names_in_a_network_need_a_network_of_ones_own'

guard 'redaction: secrets in NAME=value' src/redaction/call_secrets.rs \
  'name.is_empty() && text.contains('"'='"')' \
  'false' \
  'unit a_secret_is_known_from_every_spelling'

guard 'budget: a result by its tokens' src/output/budget.rs \
  'bytes_for_members(result) <= budget' \
  'true' \
  'unit ids_take_more_of_the_budget'

guard 'budget: the output of a command by its tokens' src/operations/stream/head_and_tail.rs \
  'cost <= budget || room <= MARKER' \
  'true' \
  'unit of_dense_text_less_is_kept'

guard 'budget: the lines of a log by their tokens' src/operations/stream/logs/selection.rs \
  'text::cost(text)' \
  'text::json_len(text)' \
  'unit of_dense_lines_the_budget_keeps_fewer'

# Markers in arguments

guard 'markers: in the arguments' src/call/mod.rs \
  'redaction::check_markers(&arguments)?;' \
  '' \
  'suite an_argument_that_holds_a_marker'

guard 'markers: in JSON within them' src/call/mod.rs \
  'params
            .as_object()
            .map_or(Ok(()), redaction::check_markers)?;' \
  '' \
  'suite an_argument_that_holds_a_marker'

# Confirmation

guard 'confirmation, on the path of a call' src/call/mod.rs \
  'confirmation.obtain(operation, &mut call, record).await?;' \
  '' \
  'suite early::anything_but_consent'

guard 'confirmation: nobody to ask' src/call/gate/confirmation/mod.rs \
  'return Err(Refusal(format!(
                    "`{}` is destructive and needs a person'\''s consent; nothing was done: {advice}",
                    tool.name
                )));' \
  'Way::Waived' \
  'suite a_client_that_cannot_ask_is_refused'

guard 'confirmation: a plan is shown whole' src/server/tools.rs \
  'self.failure(call::ErrorKind::Unconfirmed, &question.in_two_steps(), usize::MAX, cx)' \
  'self.failure(call::ErrorKind::Unconfirmed, &question.in_two_steps(), budget, cx)' \
  'suite a_plan_that_is_larger_than_the_budget'

guard 'confirmation: only the right answer is consent' src/call/gate/confirmation/mod.rs \
  'consent(answer.unwrap_or_else(late), record)?;' \
  '' \
  'suite early::anything_but_consent'

guard 'confirmation: only the right answer is consent, in a repeated call' src/call/gate/confirmation/mod.rs \
  'consent(answer, record)?;' \
  '' \
  'suite modern::anything_but_consent'

guard 'confirmation: silence is no consent' src/call/gate/confirmation/mod.rs \
  'answer.unwrap_or_else(late)' \
  'answer.unwrap_or(Answer::Accepted)' \
  'suite silence_is_no_consent'

guard 'confirmation: things are looked at again' src/call/turn.rs \
  'self.look(operation).await?;' \
  '' \
  'suite early::what_changed_while_the_person_thought'

guard 'confirmation: what changed is asked again' src/call/gate/confirmation/mod.rs \
  'redeem(asked, &self.matter(call, planned), record)?' \
  'true' \
  'suite early::what_changed_while_the_person_thought'

guard 'confirmation: nothing without an id' src/call/gate/plan/mod.rs \
  'id.is_null() || id == ""' \
  'false' \
  'suite without_the_id_of_what_would_go'

# Answers

guard 'answers: declined' src/server/person.rs \
  'Answer::Declined' \
  'Answer::Accepted' \
  'suite early::anything_but_consent'

guard 'answers: cancelled' src/server/person.rs \
  'Answer::Cancelled' \
  'Answer::Accepted' \
  'suite early::anything_but_consent'

guard 'answers: with a content that is none' src/server/person.rs \
  'Answer::Missing("the answer'\''s `content` is not an object".to_owned())' \
  'Answer::Accepted' \
  'suite early::anything_but_consent'

guard 'answers: an error' src/server/person.rs \
  'Answer::Missing(reason)' \
  'Answer::Accepted' \
  'suite early::anything_but_consent'

guard 'answers: that answer something else' src/server/person.rs \
  'Err("the answer is not one to an elicitation".to_owned())' \
  'Ok(ElicitResult::new(ElicitationAction::Accept))' \
  'suite early::anything_but_consent'

guard 'answers: unreadable in a repeated call' src/server/person.rs \
  'Answer::Missing(format!("the answer cannot be read: {error}"))' \
  'Answer::Accepted' \
  'suite modern::anything_but_consent'

guard 'answers: absent in a repeated call' src/server/person.rs \
  'Answer::Missing(format!("`inputResponses` has no `{KEY}`"))' \
  'Answer::Accepted' \
  'suite modern::anything_but_consent'

guard 'answers: at a terminal' src/cli/person.rs \
  'line.trim()' \
  '"yes"' \
  'suite a_person_at_a_terminal'

guard 'answers: without a terminal' src/cli/person.rs \
  'Person::Nobody(ADVICE)' \
  'at_terminal(true, bar)' \
  'suite without_a_terminal_consent'

# Turns

guard 'turns: requests wait' src/engine/mod.rs \
  '*in_turn' \
  'true' \
  'suite nobody_gets_in_between'

guard 'turns: who is in the way' src/engine/turns.rs \
  'place.claim.excludes(own)' \
  'false' \
  'suite nobody_gets_in_between'

guard 'turns: what was changed beside the look' src/engine/turns.rs \
  '!queue.noted(self.place.number, &objects)' \
  'true' \
  'suite nobody_gets_in_between'

guard 'turns: where nobody is asked' src/call/gate/confirmation/mod.rs \
  'call.act_alone(operation).await?;
            call.look.documents().for_each(|it| record.about(it));
            return Ok(());' \
  'call.look(operation).await?;
            return call.act_beside_others().await;' \
  'suite nor_where_no_person_is_asked'

guard 'turns: until a pull has ended' src/engine/mod.rs \
  'request.until_done(turn)' \
  'request.until_begun(turn)' \
  'suite what_is_still_being_changed'

guard 'turns: beginnings of ids' src/engine/objects.rs \
  'is_full_id(id) && id.starts_with(digits.as_str())' \
  'false' \
  'unit an_object_is_known_by_its_names'

guard 'turns: what a container uses' src/engine/touch.rs \
  'add_container(&mut objects, &request.body().unwrap_or_default());' \
  '' \
  'unit a_container_to_create_touches'

guard 'permits: for the beginning of an answer' src/call/turn.rs \
  'request.until_begun(running).until_done(waiting)' \
  'request.until_done(waiting)' \
  'suite who_waits_has_a_permit'

guard 'permits: to wait' src/call/turn.rs \
  'self.permits.wait().await?' \
  'self.permits.run().await?' \
  'suite who_only_waits'

# Tokens and states, which stand for a question that another call answers

guard 'tokens: what they hold for' src/call/gate/confirmation/mod.rs \
  'redeem(asked, &self.matter(call, planned), record)?' \
  'true' \
  'suite modern::a_state_that_was_not_given_for_this_call'

guard 'tokens: for that tool' src/call/gate/confirmation/mod.rs \
  'then == *matter' \
  'then.params == matter.params && then.binding == matter.binding' \
  'unit an_answer_holds_for_the_tool'

guard 'tokens: for those parameters' src/call/gate/confirmation/mod.rs \
  'then == *matter' \
  'then.tool == matter.tool && then.binding == matter.binding' \
  'suite modern::a_state_that_was_not_given_for_this_call'

guard 'tokens: as things stood' src/call/gate/confirmation/mod.rs \
  'then == *matter' \
  'then.tool == matter.tool && then.params == matter.params' \
  'suite modern::what_changed_since'

guard 'tokens: once' src/call/gate/questions.rs \
  'open.remove(handle)' \
  'open.get(handle).cloned()' \
  'suite modern::consent_removes_what_was_shown_once'

guard 'tokens: for five minutes' src/call/gate/questions.rs \
  'since.elapsed() < PATIENCE' \
  'true' \
  'suite an_answer_to_an_old_question'

# What programs are told

guard 'errors: a failed call says its kind' src/server/tools.rs \
  'meta.insert(ERROR.to_owned(), super::kind_of(kind));' \
  'let _ = (&mut meta, kind);' \
  'suite a_failed_call_says_its_kind_over_stdio'

# The door to the Engine

guard 'door: the path check' src/engine/exchange.rs \
  'request.check()?;' \
  '' \
  'suite a_path_that_left_its_place'

guard 'door: the path check, of what the policy asks' src/engine/probe.rs \
  'request.check()?;' \
  '' \
  'suite what_the_policy_asks_for_keeps_to_its_place'

guard 'door: the reference' src/engine/record.rs \
  'check_segments(reference)' \
  'Ok(())' \
  'unit a_reference_that_leaves_its_place'

guard 'door: the path' src/engine/record.rs \
  'check_segments(path.strip_prefix('\''/'\'').unwrap_or(path))' \
  'Ok(())' \
  'unit a_path_is_refused_without_the_help'

guard 'door: the query' src/engine/record.rs \
  '!query.bytes().all(is_form_encoded)' \
  'false' \
  'unit a_path_is_refused_without_the_help'

guard 'door: the policy' src/engine/exchange.rs \
  'Box::pin(policy.judge(request, probe)).await?' \
  '{ let _ = probe; policy.passed(request) }' \
  'suite a_request_that_went_past_its_handler'

guard 'door: what is sent was judged' src/engine/record.rs \
  '*self.built.body_mut() = bollard::body_full(text.into());' \
  '*self.built.body_mut() = bollard::body_full(bytes);' \
  'suite what_is_sent_is_what_was_judged'

guard 'connections: only a read takes one that waits' src/engine/idle.rs \
  'request.method() == Method::GET && request.body().is_end_stream()' \
  'true' \
  'suite a_change_has_a_connection_of_its_own'

guard 'door: as far as the call may go' src/engine/exchange.rs \
  'self.engine.scope.permit(&self.line)?;' \
  '' \
  'suite the_door_refuses_what_is_more'

guard 'door: the tier of the tool' src/engine/call_scope.rs \
  'needed > self.tier' \
  'false' \
  'suite the_door_refuses_what_is_more'

guard 'door: the token of the client' src/engine/call_scope.rs \
  'needed > self.client' \
  'false' \
  'suite the_door_refuses_what_is_more'

guard 'door: what the operator allows' src/engine/call_scope.rs \
  'needed > self.operator' \
  'false' \
  'suite the_door_refuses_what_is_more'

guard 'door: nothing before consent' src/engine/call_scope.rs \
  'needed > Tier::Safe && !self.agreed' \
  'false' \
  'suite the_door_refuses_what_is_more'

guard 'door: nothing before consent, on the path of a call' src/call/mod.rs \
  'self.engine.serving(rights)' \
  'self.engine.serving(rights).agreed()' \
  'suite a_tool_that_does_more_than_it_says'

guard 'door: without a call it reads' src/engine/call_scope.rs \
  'Self::of("mcp-docker", Tier::Safe)' \
  'Self::of("mcp-docker", Tier::Destructive)' \
  'suite an_engine_that_serves_no_call'

guard 'door: what the call made itself' src/engine/call_scope.rs \
  'made.contains(path)' \
  'made.contains(path) || !path.is_empty()' \
  'suite what_the_call_made_itself'

guard 'door: an exec of its own' src/engine/call_scope.rs \
  'deed == Deed::Changes && !self.has_made(&format!("/exec/{id}"))' \
  '{ let _ = id; false }' \
  'suite what_the_call_made_itself'

guard 'door: what is mended was not judged yet' src/engine/record.rs \
  'mended(built)?' \
  'built' \
  'suite what_mends_a_request_runs_before'

guard 'door: nothing goes in the place of what was judged' src/engine/route.rs \
  'cleared.is_none()' \
  'false' \
  'unit a_request_that_was_not_judged_is_not_sent'

guard 'door: the policy asks and does no more' src/engine/policy/judged.rs \
  'Effect::of(method, path)' \
  'Effect::of(method, path).map(|effect| Effect { deed: Deed::Reads, matter: Matter::Nothing, ..effect })' \
  'unit a_question_of_the_doors_own_only_reads'

# The policy: which requests it judges

guard 'policy: unknown endpoints' src/engine/policy/mod.rs \
  'Effect::of(&method, &path)' \
  'Effect::of(&method, &path).or(Some(Effect { deed: crate::vocabulary::endpoint::Deed::Reads, matter: Matter::Nothing, object: "" }))' \
  'suite an_endpoint_that_nobody_thought_of'

guard 'policy: unreadable bodies' src/engine/policy/mod.rs \
  'body.ok_or_else(|| unjudged(&method, &path, "has a body that is no JSON object"))?' \
  'body.unwrap_or_default()' \
  'suite a_body_in_another_form'

guard 'policy: own container, on a network' src/engine/policy/mod.rs \
  'body.get("Container").and_then(Value::as_str)' \
  'None' \
  'suite nothing_happens_to_the_servers_own_container'

guard 'policy: own container' src/engine/policy/mod.rs \
  'judge.not_own(container).await?;' \
  '' \
  'suite nothing_happens_to_the_servers_own_container'

guard 'policy: own container, as an image' src/engine/policy/mod.rs \
  'Some(&*committed)' \
  'None' \
  'suite nothing_happens_to_the_servers_own_container'

guard 'policy: what a commit brings along' src/engine/policy/commit.rs \
  'check_fields(body, &[])?;' \
  '' \
  'suite a_commit_brings_nothing_along'

guard 'policy: what a commit says' src/engine/policy/commit.rs \
  '!KNOWN.contains(&&*name)' \
  'false' \
  'suite a_commit_brings_nothing_along'

guard 'policy: create' src/engine/policy/mod.rs \
  'judge.create(&body).await' \
  'Ok(())' \
  'suite a_setting_that_no_tool_has'

guard 'policy: update' src/engine/policy/mod.rs \
  'judge.update(object, &body).await' \
  'Ok(())' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: exec, its target' src/engine/policy/mod.rs \
  'judge.exec(&body)?;
                judge.target(object).await' \
  'judge.exec(&body)' \
  'suite no_command_runs_in_a_container'

guard 'policy: exec, its settings' src/engine/policy/mod.rs \
  'judge.exec(&body)?;' \
  '' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: files of a container, and attaching to it' src/engine/policy/mod.rs \
  'judge.target(effect.object).await' \
  'Ok(())' \
  'suite is_entered_by_no_other_way'

guard 'policy: start' src/engine/policy/mod.rs \
  'judge.links(object).await' \
  'Ok(())' \
  'suite a_container_is_not_started_on_a_link'

guard 'policy: networks' src/engine/policy/mod.rs \
  'judge.create_network(&body).await' \
  'Ok(())' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: joining a network' src/engine/policy/mod.rs \
  'judge.connect(object, &body).await' \
  'Ok(())' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: volumes' src/engine/policy/mod.rs \
  'judge.create_volume(&body).await' \
  'Ok(())' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: build' src/engine/policy/mod.rs \
  'judge.build(build.0, &build.1).await' \
  'Ok(())' \
  'suite a_request_that_went_past_its_handler'

# The policy: what it looks at

guard 'policy: unknown fields of a container' src/engine/policy/container.rs \
  'HARMLESS.contains(&name)' \
  'true' \
  'suite a_body_in_another_form'

guard 'policy: unknown settings of a container' src/engine/policy/container.rs \
  'HARMLESS_ON_HOST.contains(&name)' \
  'true' \
  'suite a_body_in_another_form'

guard 'policy: unknown fields elsewhere' src/engine/policy/container.rs \
  '!known.contains(&name.as_str())' \
  'false' \
  'suite a_body_of_any_request_has_known_fields_only'

guard 'policy: volumes of a container, as Podman takes them' src/engine/policy/container.rs \
  'self.bind("`Volumes`", volume).await?;' \
  '' \
  'suite a_body_in_another_form'

guard 'policy: options of a bind' src/engine/policy/mounts.rs \
  'mode.contains('\''='\'')' \
  'false' \
  'suite a_setting_that_no_tool_has'

guard 'policy: settings that reach the host' src/engine/policy/container.rs \
  'reach(name, value)' \
  'reach(name, value).map(|_| Ok(()))' \
  'suite a_setting_that_no_tool_has'

guard 'policy: capabilities' src/engine/policy/container.rs \
  'DEFAULT_CAPABILITIES.contains(&name.strip_prefix("CAP_").unwrap_or(&name))' \
  'true' \
  'suite privileges_and_namespaces_of_the_host'

guard 'policy: sysctls' src/engine/policy/container.rs \
  '!SAFE_SYSCTLS.contains(&key.as_str())' \
  'false' \
  'suite a_setting_that_no_tool_has'

guard 'policy: the host'\''s network' src/engine/policy/network.rs \
  'name == "host" || name.contains(['\'':'\'', '\''/'\''])' \
  'false' \
  'suite privileges_and_namespaces_of_the_host'

guard 'policy: the host'\''s network by its id' src/engine/policy/network.rs \
  'is_host("Driver") || is_host("Name")' \
  'false' \
  'suite privileges_and_namespaces_of_the_host'

guard 'policy: the host'\''s interfaces' src/engine/policy/network.rs \
  'options.keys().find(takes)' \
  'None::<&String>' \
  'suite a_network_takes_no_interface'

guard 'policy: addresses' src/engine/policy/network.rs \
  'self.addresses(body.get("IPAM").unwrap_or(&Value::Null))
            .await?;' \
  '' \
  'suite a_network_takes_addresses_that_nobody_has'

guard 'policy: addresses, private ones' src/engine/policy/subnets.rs \
  'PRIVATE.iter().find(|(private, _)| private.holds(&subnet))' \
  'PRIVATE.first()' \
  'suite a_network_takes_addresses_that_nobody_has'

guard 'policy: addresses, how many' src/engine/policy/subnets.rs \
  'subnet.prefix < *shortest' \
  'false' \
  'suite a_network_takes_addresses_that_nobody_has'

guard 'policy: addresses, those of a cloud' src/engine/policy/subnets.rs \
  'METADATA.iter().any(|metadata| metadata.overlaps(&subnet))' \
  'false' \
  'suite a_network_takes_addresses_that_nobody_has'

guard 'policy: addresses, those of the host' src/engine/policy/subnets.rs \
  'routes.iter().any(|route| route.overlaps(&subnet))' \
  'false' \
  'suite a_network_takes_no_addresses_that_the_host'

guard 'policy: addresses, what lies outside of a subnet' src/engine/policy/subnets.rs \
  'within_it(entry, &subnet)' \
  'Ok(())' \
  'suite a_network_takes_addresses_that_nobody_has'

guard 'policy: devices other than graphics cards' src/engine/policy/container.rs \
  '!is_for_a_gpu(request)' \
  'false' \
  'suite a_setting_that_no_tool_has'

guard 'policy: only where people keep their work' src/engine/policy/exposure.rs \
  'rules.places.check(path)' \
  'Ok::<(), Outside>(())' \
  'suite each_spelling_on_linux'

guard 'policy: work, what holds such places' src/engine/policy/places.rs \
  'keys.any(|other| key != other && within(other, key))' \
  'false' \
  'suite links_are_followed_on_both_sides'

guard 'policy: work, keys in it' src/engine/policy/places.rs \
  'KEYS.contains(name)' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, programs in a home' src/engine/policy/portion.rs \
  'OF_PROGRAMS.contains(name)' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, homes of Windows' src/engine/policy/portion.rs \
  'OF_WINDOWS.contains(name) || name.starts_with("ntuser")' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, what PowerShell runs' src/engine/policy/portion.rs \
  'is_documents(above) && name.ends_with("powershell")' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, what programs keep in /tmp' src/engine/policy/portion.rs \
  'OF_SESSIONS.iter().any(|prefix| name.starts_with(prefix))' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, shares that lead to the system' src/engine/policy/portion.rs \
  'NO_SHARES.contains(share) || share.starts_with("macintosh hd")' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, what Windows keeps on a drive' src/engine/policy/portion.rs \
  'OF_THE_SYSTEM.contains(name) || name.starts_with('\''$'\'')' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: work, a home that is none' src/engine/policy/path_rules.rs \
  'is_a_home(home)' \
  'true' \
  'suite a_home_that_is_none_opens_nothing'

guard 'policy: work, a home that leads elsewhere' src/engine/policy/places.rs \
  'is_a_home(led)' \
  'true' \
  'suite a_home_that_is_none_opens_nothing'

guard 'policy: work, folders with a socket' src/engine/policy/exposure.rs \
  'self.seen_exposure(path).await' \
  'Ok(None)' \
  'suite a_folder_with_a_socket_in_it'

guard 'policy: work, files in /tmp' src/engine/policy/exposure.rs \
  'rules.places.is_temporary(&written)' \
  'false' \
  'suite of_temporary_files_only_folders'

guard 'policy: names that stand for others' src/engine/policy/exposure.rs \
  'rules.oddity(path)' \
  'None::<&str>' \
  'suite each_spelling_on_linux'

guard 'policy: `..` past such a name' src/engine/policy/exposure.rs \
  'rule == Rule::Work && is_roundabout(path)' \
  'false' \
  'suite each_spelling_of_windows'

guard 'policy: case' src/engine/policy/spelling.rs \
  'upper.to_lowercase()' \
  'text.to_owned()' \
  'suite each_spelling_on_linux'

guard 'policy: drives' src/engine/policy/spelling.rs \
  'drive(&folded)' \
  'None::<(char, &str)>' \
  'suite each_spelling_on_linux'

guard 'policy: paths of Windows for another Engine' src/engine/policy/exposure.rs \
  'self.engine.host().await?.has_drives' \
  'true' \
  'suite each_spelling_on_linux'

guard 'policy: the closed list for what others made' src/engine/policy/path_rules.rs \
  'sensitive::found(path).or_else(of_home)' \
  'None::<String>' \
  'suite no_command_runs_in_a_container'

guard 'policy: settings that everybody may read' src/engine/policy/plain.rs \
  'is_for_everybody(target).await' \
  'true' \
  'suite no_command_runs_in_a_container'

guard 'policy: settings that are mounted read-only' src/engine/policy/exposure.rs \
  '!read_only' \
  'false' \
  'suite no_command_runs_in_a_container'

guard 'policy: the socket' src/engine/policy/exposure.rs \
  'rule != Rule::Context && sensitive::holds_a_socket(path, &rules.sockets)' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: `..` in a path' src/engine/policy/paths.rs \
  'parts.pop();' \
  '' \
  'suite each_spelling_on_linux'

guard 'policy: links that lead each process elsewhere' src/engine/policy/paths.rs \
  'metadata.is_symlink() && at.starts_with("/proc")' \
  'false' \
  'suite links_are_followed_on_both'

guard 'policy: ways to drives where there are none' src/engine/policy/exposure.rs \
  '(!host.has_drives).then(|| WITHOUT_DRIVES.to_owned())' \
  'None' \
  'suite each_spelling_on_linux'

guard 'policy: what Docker restarts by itself' src/engine/policy/container.rs \
  'self.restarts(host).await?;' \
  '' \
  'suite what_a_container_can_replace'

guard 'policy: what Docker is told to restart by itself' src/engine/policy/restarts.rs \
  'self.restarts(&host).await' \
  'Ok(())' \
  'suite a_container_gets_no_policy'

guard 'policy: links' src/engine/policy/exposure.rs \
  'paths::follow(spelling).await' \
  'Ok::<_, std::io::Error>(Some(spelling.to_owned()))' \
  'suite links_are_followed'

guard 'policy: links that lead nowhere' src/engine/policy/exposure.rs \
  'Some(unfollowed(&error))' \
  'None' \
  'suite links_are_followed'

guard 'policy: paths that cannot be looked at' src/engine/policy/exposure.rs \
  'rules.names(written)' \
  'true' \
  'suite an_engine_elsewhere_mounts_only_what_was_named'

guard 'policy: the server'\''s own files' src/engine/policy/path_rules.rs \
  '(within(&path, kept) || within(kept, &path)) && !self.allowed.iter().any(named)' \
  'false' \
  'suite the_files_that_the_server_trusts_are_kept'

guard 'policy: the server'\''s own files, in a folder that was named' src/engine/policy/path_rules.rs \
  'named == kept || within(named, kept) && within(&path, named)' \
  'within(&path, named)' \
  'suite naming_a_folder_does_not_name'

guard 'policy: the server'\''s own files, by the links to them' src/engine/policy/path_rules.rs \
  'all.extend(links);' \
  '' \
  'suite the_named_file_of_settings_is_kept'

guard 'policy: the server'\''s own files, the link to the program' src/engine/policy/kept.rs \
  'program.components().nth(1).is_some().then_some(program)' \
  'program.components().nth(1).is_some().then_some(program).filter(|_| false)' \
  'suite the_link_that_the_program'

guard 'policy: the server'\''s own files, the program' src/engine/policy/kept.rs \
  'env::current_exe().ok()' \
  'None::<PathBuf>' \
  'suite the_program_itself_is_kept'

guard 'policy: the server'\''s own files, what --env-file names' src/engine/policy/kept.rs \
  '&config.env_file' \
  '&None::<PathBuf>' \
  'suite the_named_file_of_settings_is_kept'

guard 'policy: the server'\''s own files, DOCKER_CONFIG' src/engine/policy/kept.rs \
  'of_docker.map(PathBuf::from)' \
  'None::<PathBuf>' \
  'suite the_files_that_the_server_trusts_are_kept'

guard 'policy: the server'\''s own files, in a volume of its container' src/engine/policy/kept.rs \
  'held.volumes.iter().any(|volume| volume == name)' \
  'false' \
  'suite what_holds_the_servers_own_files'

guard 'policy: the server'\''s own files, in a folder of its container' src/engine/policy/path_rules.rs \
  'kept.extend_from_slice(&self.held_for_this_server().await?.paths);' \
  '' \
  'suite what_holds_the_servers_own_files'

guard 'policy: homes and what is hidden in them' src/engine/policy/sensitive.rs \
  'home.and_then(|home| found_of_home(path, &home))' \
  'home.and_then(|_| None::<&str>)' \
  'suite no_command_runs_in_a_container'

guard 'policy: Docker'\''s data' src/engine/policy/exposure.rs \
  'rules.touches(path, &data)' \
  'false' \
  'suite each_spelling_on_linux'

guard 'policy: volumes that bind a path' src/engine/policy/volume.rs \
  'self.host_path(&format!("{field}: `device`"), device).await' \
  'Ok(())' \
  'suite a_volume_of_the_local_driver'

guard 'policy: volumes of other file systems' src/engine/policy/volume.rs \
  'TAME.contains(&kind) && !moved' \
  'true' \
  'suite a_volume_of_the_local_driver'

guard 'policy: volumes with an option in two spellings' src/engine/policy/volume.rs \
  'one == other' \
  'false' \
  'suite a_volume_of_the_local_driver'

guard 'policy: volumes that are there already' src/engine/policy/mounts.rs \
  'self.driver(&field, driver.unwrap_or_default(), volume.get("Options"))
                    .await' \
  'Ok(())' \
  'suite volumes_are_what_they_bind'

guard 'policy: mounts of another container' src/engine/policy/mounts.rs \
  'self.held(mount).await?' \
  'None' \
  'suite a_setting_that_no_tool_has'

guard 'policy: exec, how its target was made' src/engine/policy/target.rs \
  'reach(name, value).and_then(Result::err)' \
  'None' \
  'suite no_command_runs_in_a_container'

guard 'policy: exec, the namespaces of its target' src/engine/policy/target.rs \
  'self.is_of_the_host(name, value).await?' \
  'false' \
  'suite no_command_runs_in_a_container'

guard 'policy: exec, namespaces by way of another container' src/engine/policy/target.rs \
  'text.strip_prefix("container:")' \
  'None' \
  'suite no_command_runs_in_a_container'

guard 'policy: exec, volumes that its target holds' src/engine/policy/mounts.rs \
  'return Ok(Some((why, Remedy::Privileged)));' \
  'return Ok(None);' \
  'suite no_command_runs_in_a_container'

guard 'policy: exec, what its target holds' src/engine/policy/target.rs \
  'self.held(mount).await?' \
  'None' \
  'suite no_command_runs_in_a_container'

guard 'policy: build, the directory' src/engine/policy/build.rs \
  'judge.context(real).await?;' \
  '' \
  'suite an_image_is_built_from_no_sensitive_directory'

guard 'build: the directory is opened without a link' src/operations/build/confined.rs \
  'directory.open_dir_nofollow(part)?' \
  'directory.open_dir(part)?' \
  'unit a_path_with_a_link_in_it_is_not_opened'

guard 'build: a file is no link' src/operations/build/confined.rs \
  'options.read(true).follow(follow).nonblock(true);' \
  'options.read(true).follow(FollowSymlinks::Yes).nonblock(true);' \
  'unit no_entry_is_opened_through_a_link'

guard 'build: a file is a regular one' src/operations/build/confined.rs \
  '!metadata.is_file()' \
  'false' \
  'unit no_entry_is_opened_through_a_link'

guard 'build: the length of a .dockerignore' src/operations/build/context.rs \
  'read as u64 > LONGEST_IGNORE' \
  'false' \
  'unit a_dockerignore_is_a_regular_file'

guard 'policy: build, the proof' src/engine/policy/build.rs \
  '!vetted' \
  'false' \
  'suite a_request_that_went_past_its_handler'

guard 'policy: build, its options' src/engine/policy/build.rs \
  'HARMLESS.contains(&name)' \
  'true' \
  'suite a_build_keeps_to_its_own_network'

# Redaction

guard 'redaction, the first: replies' src/call/mod.rs \
  'call.redactor.value(document);' \
  '' \
  'suite a_secret_is_seen_before_and_after_the_selection'

guard 'redaction, the first: lines of a log' src/operations/stream/logs/selection.rs \
  'self.redacted.line_before(line.bytes, next)' \
  'String::from_utf8_lossy(line.bytes)' \
  'suite a_search_does_not_tell_what_is_hidden'

guard 'redaction, the first: a key that began before the log' src/redaction/mod.rs \
  'Pem::cut()' \
  'Pem::default()' \
  'suite a_private_key_without_its_first_line'

guard 'redaction, the first: output of a command' src/operations/stream/redacted.rs \
  'text(&self.lines.line(&line));' \
  'text(&String::from_utf8_lossy(&line));' \
  'suite an_output_is_redacted_before_its_middle_goes'

guard 'redaction, the first: log of a build' src/operations/build/mod.rs \
  'keep(&mut self.newest, self.redacted.line(line));' \
  'keep(&mut self.newest, String::from_utf8_lossy(line));' \
  'suite no_tool_hands_on_a_secret'

guard 'redaction, the first: events' src/operations/stream/events.rs \
  'self.call.redactor.value(&mut event);' \
  '' \
  'suite an_event_is_redacted_before_it_is_shortened'

guard 'redaction, the first: steps that fail' src/operations/images/steps.rs \
  'call.redactor.text(failure)' \
  'std::borrow::Cow::Borrowed(failure)' \
  'suite an_error_is_cut_where_it_shows_no_secret'

guard 'redaction, the first: instructions of a build' src/operations/images/layers.rs \
  'redactor.text(instruction.trim_end())' \
  'std::borrow::Cow::Borrowed(instruction.trim_end())' \
  'suite no_progress_hands_on_a_secret'

guard 'redaction, the first: questions' src/call/gate/plan/mod.rs \
  'redactor.value(shown);' \
  '' \
  'suite a_question_is_redacted_before_its_entries_are_cut'

guard 'redaction, the second: questions' src/call/gate/confirmation/mod.rs \
  'call.redactor.text(&planned.text)' \
  'std::borrow::Cow::Borrowed(planned.text.as_str())' \
  'suite a_question_is_redacted_as_a_whole'

guard 'redaction, the second: results' src/call/mod.rs \
  'redactor.value(&mut result);' \
  '' \
  'suite a_secret_is_seen_before_and_after_the_selection'

guard 'redaction, the second: errors' src/call/mod.rs \
  'result.map_err(|error| error.redacted(redactor))?' \
  'result?' \
  'suite no_error_hands_on_a_secret'

guard 'redaction: the kind of an error' src/call/error.rs \
  'Self::Redacted { kind, text }' \
  '{ let _ = kind; Self::Redacted { kind: Kind::Operation, text } }' \
  'suite the_code_of_an_error_is_the_same'

guard 'redaction: known secrets that overlap' src/redaction/call_secrets.rs \
  '(found.start() + 1).max((found.end() + 1).saturating_sub(longest))' \
  'found.end()' \
  'unit secrets_that_overlap_are_hidden_whole'

guard 'redaction: a long computation leaves its worker' src/computing.rs \
  'block_in_place(work)' \
  'work()' \
  'unit a_long_computation_leaves_the_worker'

guard 'redaction: progress' src/call/mod.rs \
  'caller.progress.redacted_by(redactor.clone())' \
  'caller.progress.clone()' \
  'suite a_secret_is_seen_before_and_after_the_selection'

guard 'redaction: arguments in the audit log' src/call/gate/audit/line.rs \
  'redactor.value(&mut value);' \
  '' \
  'suite a_secret_in_an_ordinary_argument'

guard 'redaction: what the caller called secret' src/call/mod.rs \
  'self.redactor.for_call(secrets(tool, &arguments))' \
  'self.redactor.clone()' \
  'suite what_the_caller_called_secret'

guard 'redaction: the password of a registry' src/operations/images/registry.rs \
  'redactor.learn(secret)' \
  '()' \
  'suite the_password_of_a_registry'

guard 'redaction: secrets by their look' src/redaction/mod.rs \
  'shapes::find(line, spans);' \
  '' \
  'suite no_tool_hands_on_a_secret'

guard 'redaction: secrets by their names' src/redaction/mod.rs \
  'pairs::find(line, shell, spans);' \
  '' \
  'suite no_tool_hands_on_a_secret'

guard 'redaction: secrets by their keys' src/redaction/document.rs \
  'named(markers, says, "", &clean)' \
  'None' \
  'suite no_tool_hands_on_a_secret'

guard 'redaction: secrets in keys' src/redaction/document.rs \
  'keys_change |= key.changes;' \
  '' \
  'unit each_item_of_a_list_is_redacted'

guard 'redaction: secrets of flags' src/redaction/mod.rs \
  'flags::find(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets of commands' src/redaction/mod.rs \
  'commands::find(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in SQL' src/redaction/mod.rs \
  'commands::find_in_sql(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in calls of functions' src/redaction/mod.rs \
  'calls::find(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in fields beside their names' src/redaction/mod.rs \
  'fields::find(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in sentences' src/redaction/mod.rs \
  'sentences::find(line, spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in files of their own form' src/redaction/mod.rs \
  'self.files.next(line, &mut spans);' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in keys of PuTTY' src/redaction/mod.rs \
  'self.files.part_of_a_key(line)' \
  'None::<Part>' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in the next line' src/redaction/mod.rs \
  'spans.extend(self.following.next(line, is_suspicious));' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: secrets in objects with a name' src/redaction/document.rs \
  'key.says = named;' \
  '' \
  'unit a_value_is_redacted_by_the_name_beside_it'

guard 'redaction: secrets in blocks of YAML' src/redaction/mod.rs \
  'spans.extend(self.block.next(line, is_suspicious));' \
  '' \
  'suite of_a_line_its_secret'

guard 'redaction: the name of a variable decides' src/redaction/document.rs \
  'named(markers, names::judge(name.as_str()), assigned, value)' \
  'None' \
  'suite the_name_of_a_variable_or_label'

guard 'redaction: what code hands on stays' src/redaction/pairs.rs \
  'self.is_handed_on()' \
  'false' \
  'suite an_ordinary_line_comes_out'

guard 'redaction: the name of an existing secret stays' src/redaction/names.rs \
  '!OPEN_SECRETS.contains(before)' \
  'true' \
  'suite an_ordinary_line_comes_out'

guard 'redaction: what stands for a password is no element' src/redaction/pairs.rs \
  '!self.is_placeholder()' \
  'true' \
  'suite of_each_example_the_secret'

guard 'redaction: what a usage line has in place of a password stays' src/redaction/commands.rs \
  'self.is_usage.take() == Some(true)' \
  'false' \
  'suite of_each_example_the_secret'

guard 'redaction: what a usage line has in place of the value of a flag stays' src/redaction/flags.rs \
  'USAGE.is_match(line)' \
  'false' \
  'suite of_each_example_the_secret'

guard 'redaction: a user and a password of a usage line stay' src/redaction/commands.rs \
  'METAVARIABLES.contains(&user)' \
  'false' \
  'suite of_each_example_the_secret'

guard 'redaction: what is no secret in spite of its form' src/redaction/shapes.rs \
  'is_before_a_path(line, secret.end())' \
  'false' \
  'suite of_each_example_the_secret'

guard 'redaction: arguments of a prompt' src/prompt/mod.rs \
  'runtime.redactor().value(value)' \
  '{ let _ = value; }' \
  'suite no_prompt_and_no_resource'

# Text of others

guard 'untrusted text: terminal escapes' src/untrusted.rs \
  'strip_ansi_escapes::strip_str(part)' \
  'part.to_owned()' \
  'unit escapes_and_hidden_characters'

guard 'untrusted text: hidden characters' src/untrusted.rs \
  '!is_hidden(*character)' \
  'true' \
  'unit escapes_and_hidden_characters'

guard 'untrusted text: in lines' src/redaction/mod.rs \
  'untrusted::clean_line(raw)' \
  'String::from_utf8_lossy(raw)' \
  'unit lines_come_clean_and_in_order'

guard 'untrusted text: in documents' src/redaction/document.rs \
  'untrusted::clean(&text)' \
  'Cow::Borrowed(text.as_str())' \
  'suite no_tool_hands_on_a_secret'

guard 'untrusted text: in errors and progress' src/redaction/mod.rs \
  'untrusted::clean(text)' \
  'Cow::Borrowed(text)' \
  'suite no_error_hands_on_a_secret'

guard 'untrusted text: in questions' src/call/gate/plan/mod.rs \
  'redactor.value(shown);' \
  '' \
  'suite no_name_writes_anything_into_the_question'

# Audit

guard 'audit: required' src/call/gate/audit/mod.rs \
  '!self.log.required' \
  'true' \
  'suite a_call_that_cannot_but_must_be_recorded'

guard 'audit: before anything is sent' src/call/mod.rs \
  'record.start()?;' \
  'let _ = record.start();' \
  'suite a_call_that_cannot_but_must_be_recorded'

guard 'audit: dropped calls' src/call/gate/audit/mod.rs \
  'let _ = self.log.append(&self.line);' \
  'if !matches!(self.line.result, Outcome::Cancelled) { let _ = self.log.append(&self.line); }' \
  'suite a_call_that_is_cancelled_has_its_line'

guard 'audit: no secret parameters' src/call/gate/audit/line.rs \
  '!param.secret' \
  'true' \
  'suite the_value_of_a_secret_parameter'

guard 'audit: no links' src/call/gate/audit/mod.rs \
  'files::append(path, Links::Refused)' \
  'files::append(path, Links::Followed)' \
  'suite a_log_that_cannot_be_written'

# Times, logs and events

guard 'times: the reply tells the clock' src/engine/route.rs \
  'clock.heard(response.headers(), sent);' \
  '' \
  'suite a_clock_that_was_set_counts_from_the_next_reply_on'

guard 'times: a clock that was set is read anew' src/engine/clock.rs \
  'both.earliest <= both.latest' \
  'true' \
  'unit a_clock_that_was_set_is_read_anew'

guard 'times: a reading is not good for ever' src/engine/clock.rs \
  'at.saturating_duration_since(self.since) < FRESH' \
  'true' \
  'unit a_reading_is_not_good_for_ever'

guard 'times: a sleep is noticed' src/engine/clock.rs \
  'by_wall.abs_diff(elapsed) < SLEPT' \
  'true' \
  'unit a_reading_is_not_good_for_ever'

guard 'times: a stretch ends after it begins' src/operations/stream/stretch.rs \
  'since > until' \
  'false' \
  'suite a_stretch_that_ends_before_it_begins'

guard 'times: the audit tells of another clock' src/call/gate/audit/line.rs \
  '(ahead.abs() > CLOSE).then_some(ahead)' \
  'None' \
  'suite the_audit_log_says_how_far'

guard 'logs: a line is read from its beginning' src/operations/stream/logs/reader.rs \
  'log.records.count() < asked || log.selection.suffices()' \
  'true' \
  'suite a_line_of_many_records'

guard 'events: those of the object alone' src/operations/stream/event_filter.rs \
  'is_asked_for && (self.execs || !is_exec && self.is_news(event))' \
  'self.execs || !is_exec && self.is_news(event)' \
  'suite what_happened_to_another'

guard 'events: health checks are not told' src/operations/stream/event_filter.rs \
  'before.is_none_or(|before| before != event.action)' \
  'true' \
  'suite a_health_check_does_not_crowd_out'

guard 'events: a wait has an end' src/operations/stream/events.rs \
  'ahead > LONGEST_WAIT' \
  'false' \
  'suite an_end_that_is_too_far_ahead'

guard 'events: a wait holds no permit' src/operations/stream/events.rs \
  'self.call.waiting(request).await?' \
  'request' \
  'suite a_wait_for_events_holds_up_no_other_call'

guard 'events: what is forgotten is not called nothing' src/operations/stream/events.rs \
  'unknown(since, self.known)' \
  'None' \
  'suite the_result_says_since_when'

# Over HTTP: who is let in

guard 'http: the name of the server' src/transport/network/guard.rs \
  '!self.hosts.iter().any(known)' \
  'false' \
  'suite only_who_calls_the_server_by_its_name'

guard 'http: one Host' src/transport/network/guard.rs \
  'values.next().is_none().then_some(value)' \
  'Some(value)' \
  'suite only_who_calls_the_server_by_its_name'

guard 'http: nothing before the name' src/transport/network/guard.rs \
  'authority.as_str().contains('\''@'\'') || authority.host().is_empty()' \
  'false' \
  'suite only_who_calls_the_server_by_its_name'

guard 'http: the origin of a page' src/transport/network/guard.rs \
  '!self.is_allowed_origin(headers, &host)' \
  'false' \
  'suite only_pages_of_the_server'

guard 'http: the port of an origin' src/transport/network/guard.rs \
  'origin.host.port == origin.port_of(host)' \
  'true' \
  'suite only_pages_of_the_server'

guard 'http: a page that does not say which' src/transport/network/guard.rs \
  'headers.contains_key(ORIGIN) || !matches!(site, "none" | "same-origin")' \
  'headers.contains_key(ORIGIN)' \
  'suite a_page_that_does_not_say_which'

guard 'http: a token' src/transport/network/guard.rs \
  'self.full.is_none() && self.read_only.is_none()' \
  'true' \
  'suite every_request_needs_a_token'

guard 'http: the right token' src/transport/network/guard.rs \
  'token.as_str().as_bytes().ct_eq(sent.as_bytes())' \
  'Choice::from(1)' \
  'suite every_request_needs_a_token'

guard 'http: no open address without a token' src/transport/network/mod.rs \
  '!local && !token' \
  'false' \
  'suite an_address_that_others_reach'

guard 'http: a key for a certificate' src/config/effective.rs \
  'self.network.tls_cert.is_some() != self.network.tls_key.is_some()' \
  'false' \
  'suite values_that_contradict_each_other'

# Over HTTP: how much they reach

guard 'http: the read-only token' src/call/mod.rs \
  'caller.principal.access.permit(tool)?;' \
  '' \
  'suite the_read_only_token_reaches_the_safe_tools'

guard 'http: the read-only list' src/server/tools.rs \
  'gate::permit(tool, config).and_then(|()| access.permit(tool))' \
  'gate::permit(tool, config)' \
  'suite the_read_only_token_reaches_the_safe_tools'

guard 'http: what is hidden of it' src/call/gate/mod.rs \
  'tier::permit(tool, config).is_err() || access.permit(tool).is_err()' \
  'tier::permit(tool, config).is_err()' \
  'suite hidden_tools_are_hidden'

guard 'http: whose a request is' src/server/identity.rs \
  'identity.unwrap_or_else(|| self.client.clone())' \
  'identity.map_or_else(|| self.client.clone(), |_| Principal::operator())' \
  'suite a_request_without_a_session_reaches_as_much'

guard 'http: a session is its owner'\''s' src/transport/network/sessions.rs \
  '(*owner == asking).then(|| session.clone())' \
  'Some(session.clone())' \
  'suite a_session_is_for_the_token'

guard 'questions: few at once' src/call/gate/questions.rs \
  'waiting.count(by) >= MOST && !waiting.drop_abandoned(by)' \
  'false' \
  'suite of_a_hundred_calls_at_once_three_ask'

guard 'questions: those that wait elsewhere count' src/call/gate/questions.rs \
  'open.count()' \
  '0 * open.count()' \
  'suite questions_that_are_answered_with_another_call'

guard 'questions: for who was asked' src/call/gate/questions.rs \
  'open.get(handle).is_some_and(|(_, matter)| matter.by != *by)' \
  'false' \
  'unit only_who_was_asked'

guard 'questions: for the session that was asked' src/transport/network/http/mod.rs \
  'Principal { access, session }' \
  'Principal { access, session: None }' \
  'suite a_token_for_a_plan_is_for_the_session'

# Over HTTP: how much they take

guard 'http: a call whose client hung up counts' src/transport/network/http/mod.rs \
  'running.clone().map(|running| running as _)' \
  'None' \
  'suite to_hang_up_makes_no_room'

guard 'sse: an id that runs' src/transport/network/sse/wire.rs \
  'running.insert(request.id.clone())' \
  '{ running.insert(request.id.clone()); true }' \
  'suite an_id_that_runs_is_no_way'

guard 'log: one line for an event' src/logging.rs \
  'if c.is_control() { '\'' '\'' } else { c }' \
  'c' \
  'suite no_client_writes_lines'

guard 'http: the size of a body' src/transport/network/body.rs \
  'Limited::new(body, MOST)' \
  'Limited::new(body, usize::MAX)' \
  'suite a_body_is_limited'

guard 'http: the time for a body' src/transport/network/body.rs \
  'timeout(limit, limited.collect()).await' \
  'Ok::<_, tokio::time::error::Elapsed>(limited.collect().await)' \
  'suite a_request_that_comes_slowly'

guard 'http: the number of sessions' src/transport/network/sessions.rs \
  'self.lock().len() >= self.most' \
  'false' \
  'suite there_are_as_many_sessions'

guard 'sse: the number of sessions' src/transport/network/sessions.rs \
  'open.len() < self.most' \
  'true' \
  'suite there_are_as_many_sessions'

guard 'http: clients that are gone' src/transport/network/connection.rs \
  'socket.set_tcp_keepalive(&probes)?;' \
  '' \
  'suite the_system_asks_whether'

guard 'http: the requests of a session' src/transport/network/http/owned_sessions.rs \
  'self.lock().running > MOST_AT_ONCE' \
  'false' \
  'suite a_session_has_so_many_requests'

guard 'sse: the requests of a session' src/transport/network/sse/wire.rs \
  'running.len() < MOST_AT_ONCE' \
  'true' \
  'suite a_session_has_so_many_requests'

guard 'sse: what waits for a client to read' src/transport/network/sse/wire.rs \
  'self.waiting.fetch_add(event.len(), Ordering::Relaxed) > MOST' \
  'false' \
  'suite a_client_that_never_reads'

guard 'sse: a closed stream ends its session' src/transport/network/sse/mod.rs \
  'Feed::new(endpoint, events, ended.clone())' \
  'Feed::new(endpoint, events, CancellationToken::new())' \
  'suite a_closed_stream_of_events'

guard 'http: sessions that nobody uses' src/transport/network/http/owned_sessions.rs \
  'uses.now == 0 && uses.last.elapsed() >= idle' \
  'false' \
  'suite a_session_outlives_its_connections'

guard 'http: sessions in use' src/transport/network/http/owned_sessions.rs \
  'uses.now == 0' \
  'true' \
  'suite a_session_outlives_its_connections'

guard 'http: a deleted session ends its calls' src/transport/network/http/mod.rs \
  'life.as_ref().map(Life::ended).unwrap_or_default()' \
  'CancellationToken::new()' \
  'suite a_deleted_session_cancels_its_calls'

# The files of clients

guard 'install: comments that a client does not read' src/cli/clients/document.rs \
  'jsonc_parser::parse_to_value(text, &options)?;' \
  '' \
  'suite a_file_that_its_client_could_not_read'

guard 'install: the text is read again' src/cli/clients/document.rs \
  'again.to_serde_value().as_ref() == Some(expected)' \
  'true' \
  'suite a_key_that_is_there_twice'

guard 'install: servers that start another program' src/cli/install/change.rs \
  '!entry.is_ours()' \
  'false' \
  'suite a_server_that_starts_another_program'

guard 'install: flags that are stronger than a profile' src/cli/install/change.rs \
  'wanted.overruled_by(&entry)' \
  'None::<String>' \
  'suite a_flag_of_an_earlier_entry'

guard 'install: what a profile decides' src/cli/install/entry.rs \
  '!profile::decides(name)' \
  'true' \
  'suite an_older_entry_keeps_what'

guard 'install: flags that say the opposite of a profile' src/cli/install/mod.rs \
  'profile.contradicted_by(&sources.flags)' \
  'None::<(&str, &str)>' \
  'suite a_flag_that_says_the_opposite'

guard 'install: entries of another name' src/cli/install/change.rs \
  'others(&entries)' \
  'None::<String>' \
  'suite an_entry_of_another_name'

guard 'install: what is no file' src/cli/clients/text.rs \
  '!metadata.is_file()' \
  'false' \
  'suite what_is_no_file'

guard 'install: texts that were kept before' src/cli/install/file.rs \
  'kept.text == found.text' \
  'true' \
  'suite each_text_that_was_there'

guard 'install: settings that are good' src/cli/install/mod.rs \
  'checked(&sources)?;' \
  '' \
  'suite mistakes_on_the_command_line_end_with_code_2'

guard 'install: files that were made read-only' src/cli/install/file.rs \
  'found.metadata.permissions().readonly()' \
  'false' \
  'suite a_file_that_was_made_read_only'

guard 'install: modes and owners' src/cli/install/file.rs \
  'resemble(file.as_file(), like)?;' \
  '' \
  'suite the_mode_and_the_owner_of_a_file'

guard 'install: no profile by a key where there are other settings' src/cli/install/mod.rs \
  'settings.as_ref().and_then(Profile::of)' \
  'settings.as_ref().and_then(Profile::of).or(PROFILES.first())' \
  'suite settings_of_ones_own'

guard 'install: the profile that is there is kept' src/cli/install/mod.rs \
  'present.profile()' \
  'Present::default().profile()' \
  'suite enter_keeps_the_profile'

guard 'install: refusals are said before' src/cli/profile.rs \
  '!client.asks' \
  'false' \
  'suite full_in_a_client_that_cannot_ask'

guard 'instructions: what this client declares' src/server/person.rs \
  'modes.form.is_some() || modes.url.is_none()' \
  'true' \
  'suite instructions_say_what_becomes'

guard 'instructions: kept by this client alone' src/server/mod.rs \
  'CacheScope::Private' \
  'CacheScope::Public' \
  'suite instructions_say_what_becomes'

guard 'install: no answer at the terminal' src/cli/install/asking.rs \
  '(!line.is_empty()).then(|| line.trim().to_owned())' \
  'Some(line.trim().to_owned())' \
  'suite what_is_no_answer_sets_nothing_up'

# Hosts

guard 'ssh: a host is no option' src/engine/ssh.rs \
  'ssh.args(["--", address.unwrap_or(host)]);' \
  'ssh.args([address.unwrap_or(host)]);' \
  'unit a_host_that_begins_with_a_dash'

# What a client and an Engine can make the server hold

guard 'backlog: so many requests run' src/transport/backlog.rs \
  'state.running.len() < most && held + bytes <= MOST_RUNNING' \
  'true' \
  'unit so_many_requests_run'

guard 'backlog: so much waits to be written' src/transport/backlog.rs \
  'state.unwritten < MOST_UNWRITTEN' \
  'true' \
  'unit no_request_begins_while'

guard 'backlog: requests of one id one after the other' src/transport/backlog.rs \
  '!state.running.contains_key(&request.id)' \
  'true' \
  'unit no_request_begins_while'

guard 'backlog: a client that does not read is not read' src/transport/stdio.rs \
  '!*ended && !backlog.is_full()' \
  '!*ended' \
  'suite a_client_that_does_not_read_is_not_read_either'

guard 'http: nothing of a cancelled call is kept' src/transport/network/http/owned_sessions.rs \
  'local.session_config.completed_cache_ttl = Duration::ZERO;' \
  'local.session_config.completed_cache_ttl = Duration::from_secs(60);' \
  'suite of_a_call_that_was_cancelled'

guard 'http: answers that broke off are kept' src/transport/network/http/replay.rs \
  'kept.push_front(answer)' \
  'drop(answer)' \
  'suite an_answer_that_broke_off'

guard 'messages: half a character is no argument' src/transport/message/mod.rs \
  'Err(refused(request_id(&message).filter(intact)))' \
  '{ let _ = intact; read(whole.as_bytes()) }' \
  'suite what_other_languages_write_is_served_over_stdio'

guard 'replies: so long and no longer' src/engine/exchange.rs \
  'reply.len() + piece.len() > LARGEST_REPLY' \
  'false' \
  'suite a_reply_without_end'

guard 'replies: those of an Engine' src/engine/exchange.rs \
  'shape::wrong(&self.method, &self.path, document.as_ref())' \
  'None::<String>' \
  'suite what_answers_like_no_engine'

# Programs that are run for a call

guard 'helpers: the time of a call' src/engine/credentials/helper.rs \
  'timeout(limit, run(&program, registry)).await' \
  'Ok::<_, tokio::time::error::Elapsed>(run(&program, registry).await)' \
  'suite a_helper_that_does_not_answer'

guard 'helpers: what they started ends too' src/engine/process.rs \
  'rustix::process::kill_process_group(leader, rustix::process::Signal::KILL)' \
  'Ok::<(), rustix::io::Errno>(drop(leader))' \
  'suite a_helper_ends_with_the_call'

# Dockerfiles

guard 'dockerfile: the check' src/engine/policy/dockerfile/mod.rs \
  'check(&text, &buildargs.collect())?;' \
  'let _ = (text, buildargs);' \
  'suite a_build_that_fetches_from_the_host'

guard 'dockerfile: addresses that lead inward' src/engine/policy/dockerfile/mod.rs \
  'leads_inward(&text)' \
  'None::<&str>' \
  'unit an_address_that_leads_inward'

guard 'dockerfile: variables that are not known' src/engine/policy/dockerfile/mod.rs \
  'is_address(beginning) || strict && may_become_address(beginning)' \
  'is_address(beginning)' \
  'unit an_address_that_leads_inward'

guard 'dockerfile: what was judged is sent' src/operations/build/context.rs \
  'slashed == self.dockerfile' \
  '{ sent |= slashed == self.dockerfile; false }' \
  'unit a_dockerfile_that_gives_way'

guard 'dockerfile: none that another takes the place of' src/operations/build/context.rs \
  '!sent' \
  'false' \
  'unit a_dockerfile_that_gives_way'

guard 'ssh: nobody is asked' src/engine/ssh.rs \
  'ssh.args(["-T", "-o", "BatchMode=yes", "-o", CONNECT_TIMEOUT]);' \
  'ssh.args(["-T", "-o", CONNECT_TIMEOUT]);' \
  'unit user_and_port_are_told'

guard 'tls: a client certificate is judged' src/engine/certificates.rs \
  'tls::check_client(cert, key)' \
  'Ok(())' \
  'suite certificates_that_are_of_no_use'

guard 'doctor: no token is shown' src/config/source.rs \
  'may_show.then_some(self.text.as_str())' \
  'Some(self.text.as_str())' \
  'suite settings_that_change_something'

guard 'doctor: a silent Engine is not waited for' src/cli/doctor/connection.rs \
  'timeout(PATIENCE, ask)' \
  'timeout(PATIENCE * 20, ask)' \
  'suite an_engine_that_does_not_answer_is_not'

guard 'doctor: nothing to mend, or code 1' src/cli/doctor/mod.rs \
  'report::is_well(&checks)' \
  'true' \
  'suite no_daemon_is_to_be_started'

guard 'doctor: more tools than a client takes' src/cli/doctor/clients.rs \
  'tools > most' \
  'tools > most * 2' \
  'suite more_tools_than_a_client_takes'

# Kinds of failures that are seldom met

guard 'errors: a mistake of the server ends one call' src/call/mod.rs \
  'Err(CallError::panicked(tool, panic.as_ref()))' \
  'std::panic::resume_unwind(panic)' \
  'suite a_mistake_of_the_server_is_said'

guard 'errors: a call that ends with the server' src/server/tools.rs \
  'call::ErrorKind::Cancelled' \
  'call::ErrorKind::Operation' \
  'suite a_call_that_ends_with_the_server'

# Sizes, states and documents

guard 'space: a layer that others have stays, and none goes twice' src/operations/space/images.rs \
  '!seen.insert(place)' \
  'false' \
  'unit a_layer_goes_once_and_only_with_the_last_image'

guard 'space: the build cache keeps what it has too' src/operations/space/images.rs \
  'record.size == size && size > 0 && (record.is_base || by_buildkit)' \
  'false' \
  'unit what_the_build_cache_has_too_stays_there'

guard 'space: an image by its contents has more than layers' src/operations/space/images.rs \
  '!found.iter().any(|image| is_of_contents(image))' \
  'true' \
  'suite a_question_says_about_where_an_image_is_more_than_its_layers'

guard 'space: a container keeps the layers of its image' src/operations/space/remove_image.rs \
  'usage.users_of_image(id) > Some(0)' \
  'false' \
  'suite a_person_is_shown_what_would_go'

guard 'space: a volume that others use stays' src/operations/space/remove_container.rs \
  'usage.users_of_volume(name).is_none_or(|users| users <= 1)' \
  'true' \
  'suite a_volume_that_another_container_uses_does_not_count'

guard 'space: an Engine of old is asked about everything' src/operations/space/usage.rs \
  'call.engine.api_version().await? >= NARROWS' \
  'true' \
  'suite a_newer_engine_is_asked_about_one_kind_only'

guard 'disk: what is used or has a tag is not reclaimed' src/operations/system/disk_usage.rs \
  '*image.containers == Some(0) && tags(image).is_empty()' \
  'true' \
  'suite what_a_prune_would_take_can_be_reclaimed'

guard 'replies: what is of another type spoils nothing else' src/engine/told.rs \
  'Ok(Self(T::deserialize(value).ok()))' \
  'T::deserialize(value).map(|it| Self(Some(it))).map_err(serde::de::Error::custom)' \
  'unit what_is_of_another_type_is_not_told'

guard 'start: one that ran already is not waited for' src/operations/containers/start.rs \
  '*before.state.running == Some(true)' \
  'false' \
  'suite a_container_that_runs_already_is_not_waited_for'

guard 'documents: what says nothing is missing' src/output/document.rs \
  'pruned(value).is_some()' \
  'true' \
  'unit each_path_is_found_or_missing'

guard 'documents: a place in an array is digits' src/output/document.rs \
  'place.bytes().all(|byte| byte.is_ascii_digit())' \
  'true' \
  'unit a_path_reaches_into_arrays'

guard 'images: digests stand for tags that are not there' src/operations/images/list_images.rs \
  'tags.iter().any(|tag| !tag.contains("<none>"))' \
  'false' \
  'suite an_image_without_a_tag_is_known_by_its_digests'

guard 'build: a time that an archive cannot hold' src/operations/build/context.rs \
  'header.set_mtime(metadata.modified().map_or(0, mtime));' \
  '' \
  'suite a_folder_of_before_1970_is_built'

guard 'compose: what the Engine chose is left out' src/facts/compose/mod.rs \
  'cgroup == usual_cgroup(container, info)' \
  'false' \
  'suite a_compose_file_leaves_out_what_only_the_engine_chose'

say() { printf '%s\n' "$*" >&2; }

# The repository as it is, changes that were not committed included. Every file is new to cargo, so
# that nothing of an earlier run's guards stays in the build.
copy() {
  rm -rf "$work/source"
  mkdir -p "$work/source"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- --create --file=- |
    tar --extract --touch --directory="$work/source" --file=-
}

# Makes a guard a choice.
choice() {
  name=$1 file=$2 old=$3 new=$4 perl -0777 -e '
    my ($name, $file, $old, $new) = @ENV{qw(name file old new)};
    open my $in, "<", $file or die "$file: $!\n";
    my $text = <$in>;
    my $count = () = $text =~ /\Q$old\E/g;
    die "`$name`: $file has its text $count times, not once\n" if $count != 1;
    my $choice = "if ::mcp_docker::is_out(\"$name\") { $new } else { $old }";
    $choice = "($choice)" unless $old =~ /;\z/;
    $text =~ s/\Q$old\E/$choice/;
    open my $out, ">", $file or die "$file: $!\n";
    print $out $text or die;
    close $out or die;
  '
}

# Whether each guard is where the table says and has a test; says of all that are not.
check() {
  local index test wrong=0 scratch
  scratch=$(mktemp -d)
  cp -r src tests "$scratch"
  cd "$scratch"
  for index in "${!names[@]}"; do
    choice "${names[index]}" "${files[index]}" "${olds[index]}" "${news[index]}" || wrong=1
    test=${tests[index]#* }
    if ! grep -rqE "(fn|mod) [a-z0-9_]*${test##*::}" src tests; then
      say "\`${names[index]}\`: no test is called \`$test\`"
      wrong=1
    fi
  done
  rm -rf "$scratch"
  say "${#names[@]} guards"
  return "$wrong"
}

# The files that changed since a commit, committed or not, new ones too; fails where nothing tells
# since when.
changed() {
  if [ -z "$base" ]; then
    base=$(git merge-base HEAD origin/main 2>/dev/null) || return 1
    [ "$base" != "$(git rev-parse HEAD)" ] || return 1
  fi
  git diff --name-only "$base" 2>/dev/null || return 1
  git ls-files --others --exclude-standard
}

# What every choice asks; each process finds out once.
asking() {
  cat <<'RUST'
extern crate self as mcp_docker;
/// Whether that guard is out.
pub fn is_out(guard: &str) -> bool {
    static OUT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let read = || std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../out"));
    OUT.get_or_init(|| read().unwrap_or_default()) == guard
}
RUST
}

# Builds the tests, and prints where those of `unit` or `suite` are.
built() {
  local target=--lib
  [ "$1" = unit ] || target='--test suite'
  # A target may be two words.
  # shellcheck disable=SC2086
  cargo test --locked $target --no-run --message-format json-render-diagnostics 2>"$work/output" |
    sed -n 's/.*"profile":{[^}]*"test":true}.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1
}

# Runs tests: `unit` or `suite`, and parts of their names. What they print is kept in a file.
run() {
  timeout --foreground "${patience:-300}" "${programs[$1]}" "${@:2}" >"$work/output" 2>&1
}

exec </dev/null
unset BLESS
if [ "$mode" = check ]; then
  check
  exit
fi
chosen=()
touched=
if [ "$mode" = changed ]; then touched=$(changed) || say 'nothing tells since when: every guard'; fi
for index in "${!names[@]}"; do
  # shellcheck disable=SC2053
  [[ ${names[index]} == $wanted ]] || continue
  if [ -n "$touched" ] && ! grep -qxF "${files[index]}" <<<"$touched"; then continue; fi
  chosen+=("$index")
done
if [ "${#chosen[@]}" = 0 ]; then
  if [ "$mode" = changed ]; then say 'no guard is in a file that changed'; exit; fi
  say "no guard is called \`$wanted\`"
  exit 1
fi
copy
cd "$work/source"
for index in "${!names[@]}"; do
  choice "${names[index]}" "${files[index]}" "${olds[index]}" "${news[index]}"
done
asking >>src/lib.rs
# A choice reads oddly, and what it leaves unused is no news: errors would be lost in that.
sed -i '1i #![allow(warnings)]' src/lib.rs src/main.rs
: >"$work/out"

say 'building with every guard a choice'
export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_DEV_DEBUG=0 RUST_BACKTRACE=0
declare -A programs
for kind in unit suite; do
  programs[$kind]=$(built "$kind") || true
  if [ ! -x "${programs[$kind]}" ]; then
    cat "$work/output" >&2
    exit 1
  fi
done

say 'running the tests with every guard in its place'
for kind in unit suite; do
  parts=()
  for index in "${chosen[@]}"; do
    test=${tests[index]}
    [ "${test%% *}" != "$kind" ] || parts+=("${test#* }")
  done
  [ "${#parts[@]}" != 0 ] || continue
  # All of them, on whatever machine.
  if ! patience=1500 run "$kind" "${parts[@]}"; then
    cat "$work/output" >&2
    exit 1
  fi
done

failed=0 rows=()
for index in "${chosen[@]}"; do
  name=${names[index]} test=${tests[index]}
  printf '%s' "$name" >"$work/out"
  status=0
  run "${test%% *}" "${test#* }" || status=$?
  # They end with 101 where a test failed.
  if [ "$status" = 101 ]; then
    found=noticed
  elif [ "$status" != 0 ]; then
    found="ENDED WITH $status" failed=1
  elif grep -q '^running 0 tests' "$work/output"; then
    found='NO SUCH TEST' failed=1
  else
    found=UNNOTICED failed=1
  fi
  row=$(printf '%-58s %-12s %s' "$name" "$found" "$test")
  say "$row"
  rows+=("$row")
done

printf '%s\n' "${rows[@]}"
printf '%d guards in %d s\n' "${#rows[@]}" "$SECONDS"
exit "$failed"
