using System.Collections.Immutable;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

/// <summary>
/// A model family as its converted files look: the architecture, the keys and the tokens that decide, and of the chat template
/// the lines that decide. What else a file of that family has is left out.
/// </summary>
internal sealed record Family(string Name, string Architecture, string Capabilities)
{
    // In the vocabularies of Qwen since 2.5 (coder or not), of DeepSeek, of Phi 4 and of Granite.
    private static readonly string[] QwenFill = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>"];
    private static readonly string[] DeepSeekFill = ["<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>"];
    private static readonly string[] GraniteFill = ["<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>"];

    private const string QwenTools = """
        {%- if tools %}
            {{- "<tools>" }}
            {%- for tool in tools %}{{- tool | tojson }}{%- endfor %}
            {{- "</tools>\n\nreturn a json object within <tool_call></tool_call> XML tags" }}
        {%- endif %}
        {%- for message in messages %}
            {%- if message.role == "assistant" and message.tool_calls %}{{- '<tool_call>' }}{%- endif %}
        {%- endfor %}

        """;

    private const string DeepSeekTurns = """
        {%- for message in messages %}
        {%- if message['role'] == 'assistant' and message['tool_calls'] is defined and message['tool_calls'] is not none %}{{'<｜tool▁calls▁begin｜>'}}{%- endif %}
        {% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content}}
        {%- endfor %}
        {% if add_generation_prompt %}{{'<｜Assistant｜><think>\n'}}{% endif %}
        """;

    private const string GraniteTools = """
        {%- if tools %}{{- '<|start_of_role|>available_tools<|end_of_role|>' + tools | tojson }}{%- endif %}

        """;

    public string? Template { get; init; }

    public ThinkingKind Thinking { get; init; }

    public string? Switch { get; init; }

    /// <summary>Tokens of the vocabulary that decide.</summary>
    public ImmutableArray<string> Tokens { get; init; } = [];

    /// <summary>Further keys; <c>ARCH.</c> at the beginning is the architecture.</summary>
    public ImmutableArray<(string Key, GgufValue Value)> Keys { get; init; } = [];

    /// <summary>A tensor besides the token embeddings.</summary>
    public string? Head { get; init; }

    /// <summary>The projector (mmproj) that is published beside the model, and what the two can do together.</summary>
    public (GgufWriter Writer, string Capabilities)? Projector { get; init; }

    public static ImmutableArray<Family> All { get; } =
    [
        new("Llama-3.1-8B-Instruct", "llama", "completion, tools")
        {
            Template = """
                {%- if not tools is defined %}{%- set tools = none %}{%- endif %}
                {{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
                {%- if builtin_tools is defined or tools is not none %}{{- "Environment: ipython\n" }}{%- endif %}
                {%- if 'tool_calls' in message %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}
                """,
        },
        new("Llama-3-8B-Instruct", "llama", "completion")
        {
            Template = "{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}",
        },
        new("Llama-4-Scout-17B-16E-Instruct", "llama4", "completion, tools")
        {
            Template = """
                {%- if tools is not none and not tools_in_user_message %}{{- "<|header_start|>system<|header_end|>\n\n" }}{%- endif %}
                {%- for content in message['content'] %}{%- if content['type'] == 'image' %}{{- '<|image|>' }}{%- endif %}{%- endfor %}
                """,
            Projector = (Clip("llama4").Add("clip.has_vision_encoder", true), "completion, vision, tools"),
        },
        new("Qwen2.5-7B-Instruct", "qwen2", "completion, tools, insert") { Template = QwenTools, Tokens = [.. QwenFill] },
        new("Qwen2.5-Coder-7B-Instruct", "qwen2", "completion, tools, insert") { Template = QwenTools, Tokens = [.. QwenFill] },
        new("Qwen3-8B", "qwen3", "completion, tools, insert, thinking")
        {
            Template = QwenTools + """
                {%- if '</think>' in content %}{%- set content = content.split('</think>')[-1].lstrip('\n') %}{%- endif %}
                {%- if add_generation_prompt %}
                    {{- '<|im_start|>assistant\n' }}
                    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
                {%- endif %}
                """,
            Tokens = [.. QwenFill],
            Thinking = ThinkingKind.Switch,
            Switch = "enable_thinking",
        },
        new("Qwen3-4B-Thinking-2507", "qwen3", "completion, tools, insert, thinking")
        {
            Template = QwenTools + """
                {%- set reasoning_content = content.split('</think>')[0].split('<think>')[-1] %}
                {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n<think>\n' }}{%- endif %}
                """,
            Tokens = [.. QwenFill],
            Thinking = ThinkingKind.Always,
        },
        new("Qwen3-Embedding-0.6B", "qwen3", "embedding")
        {
            Template = QwenTools + "{{- '<think>\n\n</think>\n\n' }}",
            Tokens = [.. QwenFill],
            Keys = [("ARCH.pooling_type", GgufValue.Of(3u))],
        },
        new("Qwen3-Reranker-0.6B", "qwen3", "embedding, rerank")
        {
            Template = QwenTools,
            Keys =
            [
                ("ARCH.pooling_type", GgufValue.Of(4u)),
                ("ARCH.classifier.output_labels", GgufValue.Of(GgufArray.Of("yes", "no"))),
                ("tokenizer.chat_template.rerank", GgufValue.Of("<Query>: {query}\n<Document>: {document}")),
            ],
            Head = "cls.output.weight",
        },
        new("gemma-3-4b-it", "gemma3", "completion")
        {
            Template = "{{ bos_token }}{%- for message in messages -%}{{ '<start_of_turn>' + role + '\n' }}{%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}{%- endif -%}{%- endfor -%}",
            Projector = (Clip("gemma3").Add("clip.has_vision_encoder", true), "completion, vision"),
        },
        // The same model in one file with its eyes, as Ollama converts it.
        new("gemma-3-4b-it-whole", "gemma3", "completion, vision")
        {
            Template = "{{ bos_token }}{{ '<start_of_turn>model\n' }}",
            Keys = [("ARCH.vision.block_count", GgufValue.Of(27u))],
        },
        new("Mistral-Small-24B-Instruct-2501", "llama", "completion, tools")
        {
            Template = """
                {{- '[SYSTEM_PROMPT]' + system_message + '[/SYSTEM_PROMPT]' }}
                {%- if tools is not none and loop.last %}{{- '[AVAILABLE_TOOLS]' + tools | tojson + '[/AVAILABLE_TOOLS]' }}{%- endif %}
                {%- if message.tool_calls is defined %}{{- '[TOOL_CALLS]' + name + '[ARGS]' + arguments }}{%- endif %}
                """,
        },
        new("Magistral-Small-2509", "llama", "completion, tools, thinking")
        {
            Template = """
                {%- set default_system_message = 'First draft your thinking process (inner monologue) until you arrive at a response. [THINK]thoughts[/THINK] Here, provide a self-contained response.' %}
                {%- if tools %}{{- '[AVAILABLE_TOOLS]' + tools | tojson + '[/AVAILABLE_TOOLS]' }}{%- endif %}
                """,
            Thinking = ThinkingKind.Always,
        },
        new("DeepSeek-R1", "deepseek2", "completion, tools, insert, thinking") { Template = DeepSeekTurns, Tokens = [.. DeepSeekFill], Thinking = ThinkingKind.Always },
        new("DeepSeek-R1-Distill-Llama-8B", "llama", "completion, tools, thinking") { Template = DeepSeekTurns, Thinking = ThinkingKind.Always },
        new("DeepSeek-V3.1", "deepseek2", "completion, tools, insert, thinking")
        {
            Template = """
                {% if not thinking is defined %}{% set thinking = false %}{% endif %}
                {%- if message['tool_calls'] is defined %}{{'<｜tool▁calls▁begin｜>'}}{%- endif %}
                {%- if add_generation_prompt %}{{'<｜Assistant｜>'}}{%- if not thinking %}{{'</think>'}}{%- else %}{{'<think>'}}{%- endif %}{%- endif %}
                """,
            Tokens = [.. DeepSeekFill],
            Thinking = ThinkingKind.Switch,
            Switch = "thinking",
        },
        new("gpt-oss-20b", "gpt-oss", "completion, tools, thinking")
        {
            Template = """
                {%- if reasoning_effort is not defined %}{%- set reasoning_effort = "medium" %}{%- endif %}
                {{- "Reasoning: " + reasoning_effort + "\n\n" }}
                {%- if tools %}{{- "# Tools\n\nnamespace functions {\n" }}{%- endif %}
                {%- if message.thinking %}{{- "<|start|>assistant<|channel|>analysis<|message|>" + message.thinking + "<|end|>" }}{%- endif %}
                {%- if "thinking" in message %}{{- "<|channel|>commentary to=functions." + tool_call.name }}{%- endif %}
                """,
            Thinking = ThinkingKind.Levels,
        },
        new("phi-4", "phi3", "completion, insert")
        {
            Template = "{% for message in messages %}{{'<|im_start|>user<|im_sep|>' + message['content'] + '<|im_end|>'}}{% endfor %}",
            Tokens = [.. QwenFill],
        },
        new("Phi-4-mini-instruct", "phi3", "completion, tools")
        {
            Template = "{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|tool|>' + message['tools'] + '<|/tool|>' }}{% endif %}{% endfor %}",
        },
        new("Phi-4-reasoning", "phi3", "completion, insert, thinking")
        {
            Template = "{{ '<|im_start|>system<|im_sep|>explore questions through a systematic thinking process: <think> {Thought section} </think> {Solution section}<|im_end|>' }}",
            Tokens = [.. QwenFill],
            Thinking = ThinkingKind.Always,
        },
        new("granite-3.3-8b-instruct", "granite", "completion, tools, insert, thinking")
        {
            Template = GraniteTools + """
                {%- if thinking %}{{- 'write the response between <response></response> and the thought between <think></think>' }}{%- endif %}
                """,
            Tokens = [.. GraniteFill],
            Thinking = ThinkingKind.Switch,
            Switch = "thinking",
        },
        new("granite-3.2-8b-instruct", "granite", "completion, tools, insert, thinking")
        {
            Template = GraniteTools + "{%- if thinking %}{{- \"Write your thoughts after 'Here is my thought process:'\" }}{%- endif %}",
            Tokens = [.. GraniteFill],
            Thinking = ThinkingKind.Switch,
            Switch = "thinking",
        },
        new("granite-3.1-2b-instruct", "granite", "completion, tools, insert") { Template = GraniteTools, Tokens = [.. GraniteFill] },
        new("c4ai-command-r-08-2024", "command-r", "completion, tools")
        {
            Template = "{{ '<|START_OF_TURN_TOKEN|><|USER_TOKEN|>' + content + '<|END_OF_TURN_TOKEN|>' }}",
            Keys =
            [
                ("tokenizer.chat_templates", GgufValue.Of(GgufArray.Of("tool_use", "rag"))),
                ("tokenizer.chat_template.tool_use", GgufValue.Of("{{ '## Available Tools' }}")),
                ("tokenizer.chat_template.rag", GgufValue.Of("{{ '<results>' }}")),
            ],
        },
        new("starcoder2-3b", "starcoder2", "completion, insert") { Tokens = [.. GraniteFill] },
        new("CodeLlama-7B", "llama", "completion, insert")
        {
            Keys =
            [
                ("tokenizer.ggml.prefix_token_id", GgufValue.Of(32007u)),
                ("tokenizer.ggml.suffix_token_id", GgufValue.Of(32008u)),
                ("tokenizer.ggml.middle_token_id", GgufValue.Of(32009u)),
            ],
        },
        new("bge-small-en-v1.5", "bert", "embedding") { Keys = [("ARCH.pooling_type", GgufValue.Of(2u)), ("ARCH.attention.causal", GgufValue.Of(false))] },
        new("nomic-embed-text-v1.5", "nomic-bert", "embedding") { Keys = [("ARCH.pooling_type", GgufValue.Of(1u))] },
        // Its usual conversions name no pooling.
        new("bge-reranker-v2-m3", "bert", "embedding, rerank") { Keys = [("ARCH.attention.causal", GgufValue.Of(false))], Head = "cls.output.weight" },
        new("Qwen2.5-VL-7B-Instruct", "qwen2vl", "completion, insert")
        {
            Template = "{% for message in messages %}{% if 'image' in content %}{{ '<|vision_start|><|image_pad|><|vision_end|>' }}{% endif %}{% endfor %}",
            Tokens = [.. QwenFill],
            Projector = (Clip("qwen2.5vl_merger").Add("clip.has_vision_encoder", true), "completion, vision, insert"),
        },
        new("Voxtral-Mini-3B-2507", "llama", "completion, tools")
        {
            Template = "{{ '[AVAILABLE_TOOLS]' + tools | tojson + '[/AVAILABLE_TOOLS]' }}{{ '[INST][BEGIN_AUDIO]' }}",
            Projector = (Clip("voxtral").Add("clip.has_audio_encoder", true), "completion, audio, tools"),
        },
        new("ultravox-v0_5-llama-3_2-1b", "llama", "completion, tools")
        {
            Template = "{%- if tools is not none %}{{- 'Environment: ipython' }}{%- endif %}",
            Projector = (Clip("ultravox").Add("clip.has_audio_encoder", true).Add("clip.has_vision_encoder", false), "completion, audio, tools"),
        },
        new("Qwen2.5-Omni-7B", "qwen2vl", "completion, tools, insert")
        {
            Template = QwenTools,
            Tokens = [.. QwenFill],
            Projector = (Clip("qwen2.5o").Add("clip.has_audio_encoder", true).Add("clip.has_vision_encoder", true), "completion, vision, audio, tools, insert"),
        },
        new("Olmo-3-7B-Think", "olmo2", "completion, thinking")
        {
            Template = "{% if loop.last and add_generation_prompt %}{{ '<|im_start|>assistant\n<think>' }}{% endif %}",
            Thinking = ThinkingKind.Always,
        },
    ];

    public static TheoryData<string> Names => [.. All.Select(static family => family.Name)];

    public static Family Of(string name) => All.Single(family => family.Name == name);

    /// <summary>The file, a few kilobytes of it.</summary>
    public GgufWriter Writer()
    {
        var writer = new GgufWriter()
            .Add("general.architecture", Architecture)
            .Add("general.type", "model")
            .Add("general.name", Name)
            .Add("general.file_type", 15u)
            .Add(Architecture + ".context_length", 32768u)
            .Add(Architecture + ".embedding_length", 256u)
            .Add(Architecture + ".block_count", 2u);
        foreach (var (key, value) in Keys)
        {
            writer.Add(key.Replace("ARCH.", Architecture + ".", StringComparison.Ordinal), value);
        }

        writer.Add("tokenizer.ggml.tokens", GgufArray.Of([.. Enumerable.Range(0, 300).Select(static number => "▁word" + number), .. Tokens]));
        if (Template is not null)
        {
            writer.Add("tokenizer.chat_template", Template);
        }

        writer.AddZeros("token_embd.weight", GgufTensorType.Q4_K, 256, 4);
        return Head is null ? writer : writer.AddZeros(Head, GgufTensorType.F32, 256, 1);
    }

    private static GgufWriter Clip(string projector) =>
        new GgufWriter().Add("general.architecture", "clip").Add("general.type", "mmproj").Add("clip.projector_type", projector).AddZeros("mm.0.weight", GgufTensorType.F16, 8, 2);
}
