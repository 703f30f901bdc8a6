using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>
/// Replaces the engine's alias for the model with the client's name in relayed bytes. The alias is random and never shown to the model, so it occurs in an answer only as the model's name, and
/// no JSON has to be parsed. Reads may split the alias at any position.
/// </summary>
internal sealed class AliasReplacer(ReadOnlyMemory<byte> alias, ReadOnlyMemory<byte> name) : IByteStage
{
    // Held-back bytes that may be the start of the alias.
    private readonly byte[] _held = new byte[alias.Length];
    private int _heldLength;

    /// <inheritdoc/>
    /// <remarks>Bytes that may be the start of an alias are held back until more arrive.</remarks>
    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (_heldLength > 0 && !bytes.IsEmpty)
        {
            // Byte by byte, but only inside a candidate.
            _held[_heldLength++] = bytes[0];
            bytes = bytes[1..];
            ReleaseHeld(output);
        }

        if (bytes.IsEmpty)
        {
            return;
        }

        var needle = alias.Span;
        int at;
        while ((at = bytes.IndexOf(needle)) >= 0)
        {
            output.Write(bytes[..at]);
            output.Write(name.Span);
            bytes = bytes[(at + needle.Length)..];
        }

        var tail = PartialMatch.LengthAtEnd(bytes, needle);
        output.Write(bytes[..^tail]);
        bytes[^tail..].CopyTo(_held);
        _heldLength = tail;
    }

    /// <inheritdoc/>
    public void Complete(IBufferWriter<byte> output)
    {
        output.Write(_held.AsSpan(0, _heldLength));
        _heldLength = 0;
    }

    private void ReleaseHeld(IBufferWriter<byte> output)
    {
        var needle = alias.Span;
        var held = _held.AsSpan(0, _heldLength);
        if (held.SequenceEqual(needle))
        {
            output.Write(name.Span);
            _heldLength = 0;
            return;
        }

        var keep = PartialMatch.LengthAtEnd(held, needle);
        output.Write(held[..^keep]);
        held[^keep..].CopyTo(_held);
        _heldLength = keep;
    }
}
