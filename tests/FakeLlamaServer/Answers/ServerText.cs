using FakeLlama.CommandLine;
using FakeLlama.Script;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary>What the server says of itself: <c>/props</c>, <c>/v1/models</c>, <c>/slots</c>.</summary>
internal static class ServerText
{
    public const int DefaultContext = 4096;

    private static readonly InferenceRequest NoRequest = new("", false, false, -1, false, 0);

    /// <summary>A request's sampling settings; <c>/completion</c> knows a few more than <c>/props</c>.</summary>
    public static string Settings(InferenceRequest request, string where) => where == "completion"
        ? $$"""
{"seed":4294967295,"temperature":0.30000001192092896,"dynatemp_range":0.0,"dynatemp_exponent":1.0,"top_k":20,"top_p":0.8999999761581421,"min_p":0.05000000074505806,"top_n_sigma":-1.0,"xtc_probability":0.0,"xtc_threshold":0.10000000149011612,"typical_p":1.0,"repeat_last_n":64,"repeat_penalty":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"dry_multiplier":0.0,"dry_base":1.75,"dry_allowed_length":2,"dry_penalty_last_n":64,"dry_sequence_breakers":["\n",":","\"","*"],"mirostat":0,"mirostat_tau":5.0,"mirostat_eta":0.10000000149011612,"adaptive_target":-1.0,"adaptive_decay":0.8999999761581421,"stop":[],"max_tokens":{{request.Limit}},"n_predict":{{request.Limit}},"n_keep":0,"n_discard":0,"ignore_eos":false,"stream":{{Flag(request.Stream)}},"logit_bias":[],"n_probs":{{request.TopLogprobs}},"min_keep":0,"grammar":"","grammar_lazy":false,"grammar_triggers":[],"preserved_tokens":[],"chat_format":"Content-only","reasoning_format":"deepseek","reasoning_in_content":false,"generation_prompt":"","samplers":["penalties","dry","top_n_sigma","top_k","typ_p","top_p","min_p","xtc","temperature"],"speculative.types":"none","timings_per_token":false,"post_sampling_probs":false,"backend_sampling":false,"lora":[]}
"""
        : $$"""
{"seed":4294967295,"temperature":0.30000001192092896,"dynatemp_range":0.0,"dynatemp_exponent":1.0,"top_k":20,"top_p":0.8999999761581421,"min_p":0.05000000074505806,"top_n_sigma":-1.0,"xtc_probability":0.0,"xtc_threshold":0.10000000149011612,"typical_p":1.0,"repeat_last_n":64,"repeat_penalty":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"dry_multiplier":0.0,"dry_base":1.75,"dry_allowed_length":2,"dry_penalty_last_n":64,"mirostat":0,"mirostat_tau":5.0,"mirostat_eta":0.10000000149011612,"adaptive_target":-1.0,"adaptive_decay":0.8999999761581421,"max_tokens":{{request.Limit}},"n_predict":{{request.Limit}},"n_keep":0,"n_discard":0,"ignore_eos":false,"stream":{{Flag(request.Stream)}},"n_probs":{{request.TopLogprobs}},"min_keep":0,"chat_format":"Content-only","reasoning_format":"none","reasoning_in_content":false,"generation_prompt":"","samplers":["penalties","dry","top_n_sigma","top_k","typ_p","top_p","min_p","xtc","temperature"],"speculative.types":"none","timings_per_token":false,"post_sampling_probs":false,"backend_sampling":false,"lora":[]}
""";

    public static string Props(ServerArguments arguments, FakeScript script, string alias, int slots, int context) =>
        $$"""
{"default_generation_settings":{"params":{{Settings(NoRequest, "props")}},"n_ctx":{{context}}},"total_slots":{{slots}},"model_alias":{{Quote(alias)}},"model_ftype":"Q8_0","model_path":{{Quote(arguments.Model ?? "")}},"modalities":{"vision":{{Flag(script.Vision)}},"video":false,"audio":{{Flag(script.Audio)}}},"media_marker":"<__media__>","endpoint_slots":{{Flag(arguments.Slots)}},"endpoint_props":false,"endpoint_metrics":false,"ui":false,"ui_settings":{},"chat_template":{{Quote(script.ChatTemplate)}},"chat_template_caps":{"supports_object_arguments":true,"supports_parallel_tool_calls":true,"supports_preserve_reasoning":false,"supports_reasoning_effort":false,"supports_string_content":true,"supports_system_role":true,"supports_tool_calls":true,"supports_tools":true,"supports_typed_content":false},"bos_token":"<|endoftext|>","eos_token":"<|im_end|>","build_info":"b1-fake","is_sleeping":false,"cors_proxy_enabled":false}
""";

    public static string Models(FakeScript script, string alias, int context, long created)
    {
        var modalities = "\"text\"" + (script.Vision ? ",\"image\"" : "") + (script.Audio ? ",\"audio\"" : "");
        var capabilities = "\"completion\"" + (script.Vision || script.Audio ? ",\"multimodal\"" : "");
        return $$$"""
{"models":[{"name":{{{Quote(alias)}}},"model":{{{Quote(alias)}}},"modified_at":"","size":"","digest":"","type":"model","description":"","tags":[""],"capabilities":[{{{capabilities}}}],"parameters":"","details":{"parent_model":"","format":"gguf","family":"","families":[""],"parameter_size":"","quantization_level":""}}],"object":"list","data":[{"id":{{{Quote(alias)}}},"aliases":[{{{Quote(alias)}}}],"tags":[],"object":"model","architecture":{"input_modalities":[{{{modalities}}}],"output_modalities":["text"]},"created":{{{created}}},"owned_by":"llamacpp","meta":{"vocab_type":2,"n_vocab":2051,"n_ctx":{{{context}}},"n_ctx_train":{{{DefaultContext}}},"n_embd":{{{script.EmbeddingLength}}},"n_params":3476992,"size":3702576,"ftype":"Q8_0"}}]}
""";
    }

    public static string Slots(int slots, int busy, int context) =>
        "[" + string.Join(',', Enumerable.Range(0, slots).Select(id =>
            $$"""{"id":{{id}},"n_ctx":{{context}},"speculative":false,"is_processing":{{Flag(id < busy)}}}""")) + "]";
}
