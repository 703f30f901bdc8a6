using GGLib.Catalog.Templates;

namespace GGLib.Tests.Catalog.Templates;

/// <summary>The forms that published models use, each with a whole conversation.</summary>
public sealed class PublishedFormsTests
{
    private static readonly TemplateMessage[] Chat =
    [
        new("system", "Be kind."), new("user", "Hi"), new("assistant", "Hello!"), new("user", "Bye"),
    ];

    internal const string ChatMl = """
        {{- range $i, $_ := .Messages }}
        {{- $last := eq (len (slice $.Messages $i)) 1 -}}
        <|im_start|>{{ .Role }}
        {{ .Content }}{{ if not (and $last (eq .Role "assistant")) }}<|im_end|>
        {{ end }}
        {{- if and $last (ne .Role "assistant") }}<|im_start|>assistant
        {{ end }}
        {{- end }}
        """;

    internal const string Gemma = """
        {{- $system := "" }}
        {{- range $i, $m := .Messages }}
        {{- if eq .Role "system" }}{{ $system = .Content }}{{ continue }}{{ end -}}
        <start_of_turn>{{ if eq .Role "assistant" }}model{{ else }}{{ .Role }}{{ end }}
        {{ if and $system (eq .Role "user") }}{{ $system }}

        {{ $system = "" }}{{ end }}{{ .Content }}<end_of_turn>
        {{ end }}<start_of_turn>model

        """;

    internal const string Mistral = """
        {{- range $index, $_ := .Messages }}
        {{- if eq .Role "user" }}
        {{- if and (le (len (slice $.Messages $index)) 2) $.Tools }}[AVAILABLE_TOOLS] {{ $.Tools }}[/AVAILABLE_TOOLS]
        {{- end }}[INST] {{ if and (eq (len (slice $.Messages $index)) 1) $.System }}{{ $.System }}

        {{ end }}{{ .Content }}[/INST]
        {{- else if eq .Role "assistant" }}
        {{- if .Content }} {{ .Content }}</s>
        {{- else if .ToolCalls }}[TOOL_CALLS] [
        {{- range $i, $c := .ToolCalls }}{{ if $i }}, {{ end }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}{{ end }}]</s>
        {{- end }}
        {{- else if eq .Role "tool" }}[TOOL_RESULTS] {"content": {{ json .Content }}}[/TOOL_RESULTS]
        {{- end }}
        {{- end }}
        """;

    internal const string Qwen = """
        {{- if or .System .Tools }}<|im_start|>system
        {{ if .System }}{{ .System }}{{ end }}
        {{- if .Tools }}

        # Tools
        <tools>
        {{- range .Tools }}
        {"type": "function", "function": {{ .Function }}}
        {{- end }}
        </tools>
        {{- end }}<|im_end|>
        {{ end }}
        {{- range $i, $_ := .Messages }}
        {{- $last := eq (len (slice $.Messages $i)) 1 -}}
        {{- if eq .Role "user" }}<|im_start|>user
        {{ .Content }}{{ if and $last $.IsThinkSet (not $.Think) }} /no_think{{ end }}<|im_end|>
        {{ else if eq .Role "assistant" }}<|im_start|>assistant
        {{ if and .Thinking $last }}<think>{{ .Thinking }}</think>
        {{ end }}
        {{- if .Content }}{{ .Content }}
        {{- else if .ToolCalls }}<tool_call>
        {{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
        {{ end }}</tool_call>
        {{- end }}{{ if not $last }}<|im_end|>
        {{ end }}
        {{- else if eq .Role "tool" }}<|im_start|>user
        <tool_response>
        {{ .Content }}
        </tool_response><|im_end|>
        {{ end }}
        {{- if and (ne .Role "assistant") $last }}<|im_start|>assistant
        {{ end }}
        {{- end }}
        """;

    internal const string CommandR = """
        {{- if .Tools }}## Available Tools
        {{- range .Tools }}

        def {{ .Function.Name }}({{ range $name, $p := .Function.Parameters.Properties }}{{ $name }}: {{ $p.Type }}, {{ end }}) -> List[Dict]:
            '''{{ .Function.Description }}
        {{- if .Function.Parameters.Properties }}

            Args:
        {{- range $name, $p := .Function.Parameters.Properties }}
                {{ $name }} ({{ $p.Type }}): {{ $p.Description }}
        {{- end }}
        {{- end }}
            '''
        {{- end }}
        {{- end }}
        {{- range .Messages }}
        {{- if eq .Role "system" }}{{ continue }}{{ end }}<|START_OF_TURN_TOKEN|>
        {{- if eq .Role "user" }}<|USER_TOKEN|>{{ .Content }}
        {{- else if eq .Role "assistant" }}<|CHATBOT_TOKEN|>{{ .Content }}
        {{- end }}<|END_OF_TURN_TOKEN|>
        {{- end }}<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>
        """;

    internal const string Alpaca = "{{ if .System }}{{ .System }}\n\n{{ end }}### Instruction:\n{{ .Prompt }}\n\n### Response:\n{{ .Response }}\n\n";

    internal static string[] All { get; } = [ChatMl, Gemma, Mistral, Qwen, CommandR, Alpaca];

    [Fact]
    public void The_chat_markup_language() => Assert.Equal(
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n",
        Rendering.Of(ChatMl, Chat));

    [Fact]
    public void Llama_3() => Assert.Equal(
        "<|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        Rendering.Of("{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n{{ .Content }}<|eot_id|>\n{{- end }}<|start_header_id|>assistant<|end_header_id|>\n\n", Chat));

    [Fact]
    public void Mistral_with_a_tool()
    {
        var input = new TemplateInput
        {
            Messages =
            [
                new("user", "Weather?"),
                new("assistant", "") { ToolCalls = [new("get", Rendering.Json("""{"unit":"C","city":"Köln"}""")), new("now", Rendering.Json("{}"))] },
                new("tool", "4 \"C\""),
                new("assistant", "Cold."),
                new("user", "Thanks"),
            ],
            Tools = [Rendering.Json("""{"type":"function","function":{"name":"get","description":"d","parameters":{"type":"object","properties":{}}}}""")],
        };
        Assert.Equal(
            "[INST] Weather?[/INST][TOOL_CALLS] [{\"name\": \"get\", \"arguments\": {\"city\":\"Köln\",\"unit\":\"C\"}}, {\"name\": \"now\", \"arguments\": {}}]</s>"
            + "[TOOL_RESULTS] {\"content\": \"4 \\\"C\\\"\"}[/TOOL_RESULTS] Cold.</s>"
            + "[AVAILABLE_TOOLS] [{\"type\":\"function\",\"function\":{\"name\":\"get\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}][/AVAILABLE_TOOLS][INST] Thanks[/INST]",
            Rendering.Of(Mistral, input));
    }

    [Fact]
    public void Gemma_puts_the_system_prompt_into_the_first_turn() => Assert.Equal(
        "<start_of_turn>user\nBe kind.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello!<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n",
        Rendering.Of(Gemma, Chat));

    [Fact]
    public void Phi_in_the_form_for_one_round() => Assert.Equal(
        "<|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello!<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n",
        Rendering.Of("{{ if .System }}<|system|>\n{{ .System }}<|end|>\n{{ end }}{{ if .Prompt }}<|user|>\n{{ .Prompt }}<|end|>\n{{ end }}<|assistant|>\n{{ .Response }}<|end|>\n", Chat));

    [Fact]
    public void Command_R_describes_tools_as_functions()
    {
        var input = new TemplateInput
        {
            Messages = [new("system", "s"), new("user", "Hi")],
            Tools = [Rendering.Json("""{"type":"function","function":{"name":"get","description":"Gets.","parameters":{"type":"object","properties":{"city":{"type":"string","description":"Where"},"at":{"type":["string","null"]}}}}}""")],
        };
        Assert.Equal(
            "## Available Tools\n\ndef get(at: [string null], city: string, ) -> List[Dict]:\n    '''Gets.\n\n    Args:\n        at ([string null]): \n        city (string): Where\n    '''<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
            Rendering.Of(CommandR, input));
    }

    [Fact]
    public void Qwen_with_tools_and_thinking()
    {
        var input = new TemplateInput
        {
            Messages =
            [
                new("system", "Be kind."),
                new("user", "5+5?"),
                new("assistant", "") { ToolCalls = [new("add", Rendering.Json("""{"b":5,"a":5}"""))] },
                new("tool", "10"),
                new("user", "So?"),
            ],
            Tools = [Rendering.Json("""{"type":"function","function":{"name":"add","description":"Adds","parameters":{"type":"object","required":["a"],"properties":{"a":{"type":"number"}}}}}""")],
            IsThinkSet = true,
        };
        Assert.Equal(
            "<|im_start|>system\nBe kind.\n\n# Tools\n<tools>\n{\"type\": \"function\", \"function\": {\"name\":\"add\",\"description\":\"Adds\",\"parameters\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"number\"}}}}}\n</tools><|im_end|>\n"
            + "<|im_start|>user\n5+5?<|im_end|>\n<|im_start|>assistant\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\":5,\"b\":5}}\n</tool_call><|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n10\n</tool_response><|im_end|>\n<|im_start|>user\nSo? /no_think<|im_end|>\n<|im_start|>assistant\n",
            Rendering.Of(Qwen, input));
        Assert.True(Rendering.Parsed(Qwen).Mentions("Thinking"));
        Assert.True(Rendering.Parsed(Qwen).Mentions("Tools"));
    }

    [Fact]
    public void Alpaca_for_one_round() => Assert.Equal(
        "Be kind.\n\n### Instruction:\nHi\n\n### Response:\nHello!\n\n### Instruction:\nBye\n\n### Response:\n",
        Rendering.Of(Alpaca, Chat));

    [Fact]
    public void Zephyr() => Assert.Equal(
        "<|system|>\nBe kind.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello!</s>\n<|user|>\nBye</s>\n<|assistant|>\n",
        Rendering.Of("{{- range .Messages }}<|{{ .Role }}|>\n{{ .Content }}</s>\n{{ end }}<|assistant|>\n", Chat));

    [Fact]
    public void Granite() => Assert.Equal(
        "System:\nBe kind.\n\nQuestion:\nHi\n\nAnswer:\nHello!\n\nQuestion:\nBye\n\nAnswer:\n",
        Rendering.Of("{{- range .Messages }}{{ if eq .Role \"system\" }}System:{{ else if eq .Role \"user\" }}Question:{{ else if eq .Role \"assistant\" }}Answer:{{ end }}\n{{ .Content }}\n\n{{ end }}Answer:\n", Chat));
}
