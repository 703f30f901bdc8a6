using System.Buffers;
using GGLib.Server.Json;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>A call of a function or of a custom tool. A custom tool's input is sent as one delta at the end, because it stands inside the JSON that the model writes.</summary>
internal sealed class ToolCallItem : OutputItem
{
    private readonly ArrayBufferWriter<byte> _arguments = new();
    private readonly byte[] _callId;
    private readonly byte[] _name;
    private readonly byte[]? _namespace;
    private readonly bool _isCustom;
    private readonly byte[]? _deltaHead;
    private byte[] _input = [];

    /// <param name="events">Where events go; null when the answer is one object.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="index">The item's index in the output.</param>
    /// <param name="callId">The id that the client sends back with the result, escaped.</param>
    /// <param name="tool">The tool as the client knows it.</param>
    public ToolCallItem(ServerEvents? events, byte[] id, int index, byte[] callId, DeclaredTool tool)
        : base(events, id, index)
    {
        _callId = callId;
        _name = EscapedText.From(tool.Name);
        _namespace = tool.Namespace is null ? null : EscapedText.From(tool.Namespace);
        _isCustom = tool.IsCustom;
        _deltaHead = events is null || _isCustom ? null : [.. ServerEvents.HeadOf("response.function_call_arguments.delta"u8), .. Place, .. ",\"delta\":\""u8];
    }

    /// <summary>The id that the client sends back with the result, escaped.</summary>
    public ReadOnlySpan<byte> CallId => _callId;

    /// <summary>Adds a piece of the escaped arguments; may be empty.</summary>
    public void Append(ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty)
        {
            return;
        }

        _arguments.Write(arguments);
        if (_deltaHead is not null)
        {
            Events!.Write(_deltaHead, arguments, "\""u8);
        }
    }

    public override void Close(bool truncated)
    {
        if (_isCustom)
        {
            CloseCustom();
        }
        else
        {
            if (_arguments.WrittenCount == 0 && !truncated)
            {
                // Clients parse the arguments, and an empty text is not JSON.
                Append("{}"u8);
            }

            WriteEvent("response.function_call_arguments.done"u8, [.. ",\"name\":\""u8, .. _name, .. "\",\"arguments\":\""u8], _arguments.WrittenSpan, "\""u8);
        }

        base.Close(truncated);
    }

    public override void Write(IBufferWriter<byte> output)
    {
        output.Write("{\"id\":\""u8);
        output.Write(Id);
        output.Write(_isCustom ? "\",\"type\":\"custom_tool_call\""u8 : "\",\"type\":\"function_call\""u8);
        WriteStatus(output);
        output.Write(",\"call_id\":\""u8);
        output.Write(_callId);
        output.Write("\",\"name\":\""u8);
        output.Write(_name);
        if (_namespace is not null)
        {
            output.Write("\",\"namespace\":\""u8);
            output.Write(_namespace);
        }

        output.Write(_isCustom ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
        output.Write(_isCustom ? _input : _arguments.WrittenSpan);
        output.Write("\"}"u8);
    }

    private void CloseCustom()
    {
        _input = EscapedText.From(CustomToolInput.FromArguments(EscapedText.ToText(_arguments.WrittenSpan)));
        if (_input.Length > 0)
        {
            WriteEvent("response.custom_tool_call_input.delta"u8, ",\"delta\":\""u8, _input, "\""u8);
        }

        WriteEvent("response.custom_tool_call_input.done"u8, ",\"input\":\""u8, _input, "\""u8);
    }
}
