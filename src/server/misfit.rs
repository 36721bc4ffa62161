//! Says what is wrong with a request whose params do not fit its method; rmcp hands it on as one of a
//! method that it does not know.

use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CompleteRequestMethod, CompleteRequestParams,
    ConstString as _, CustomRequest, ErrorCode, ErrorData, GetPromptRequestMethod,
    GetPromptRequestParams, ListPromptsRequestMethod, ListResourceTemplatesRequestMethod,
    ListResourcesRequestMethod, ListToolsRequestMethod, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestMethod, ReadResourceRequestParams, SubscribeRequestMethod,
    SubscribeRequestParams, UnsubscribeRequestMethod, UnsubscribeRequestParams,
};
use serde::de::DeserializeOwned;

/// The error to answer a request of that version with, which rmcp did not know.
pub(super) fn error_of(request: &CustomRequest, version: Option<ProtocolVersion>) -> ErrorData {
    let misfit = match request.method.as_str() {
        CallToolRequestMethod::VALUE => misfit::<CallToolRequestParams>(request),
        GetPromptRequestMethod::VALUE => misfit::<GetPromptRequestParams>(request),
        ReadResourceRequestMethod::VALUE => misfit::<ReadResourceRequestParams>(request),
        // There are none from that version on.
        SubscribeRequestMethod::VALUE | UnsubscribeRequestMethod::VALUE
            if version >= Some(ProtocolVersion::V_2026_07_28) =>
        {
            None
        }
        SubscribeRequestMethod::VALUE => misfit::<SubscribeRequestParams>(request),
        UnsubscribeRequestMethod::VALUE => misfit::<UnsubscribeRequestParams>(request),
        CompleteRequestMethod::VALUE => misfit::<CompleteRequestParams>(request),
        ListToolsRequestMethod::VALUE
        | ListPromptsRequestMethod::VALUE
        | ListResourcesRequestMethod::VALUE
        | ListResourceTemplatesRequestMethod::VALUE => misfit::<PaginatedRequestParams>(request),
        _ => None,
    };
    misfit.unwrap_or_else(|| {
        ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method.clone(), None)
    })
}

/// What is wrong with the params of a request that wants them to be these.
pub(crate) fn misfit<T: DeserializeOwned>(request: &CustomRequest) -> Option<ErrorData> {
    let reason = match request.params_as::<T>() {
        Ok(Some(_)) => return None,
        Ok(None) => "there are none".to_owned(),
        Err(error) => error.to_string(),
    };
    let text = format!(
        "`{}` was sent with params that do not fit: {reason}",
        request.method
    );
    Some(ErrorData::invalid_params(text, None))
}
