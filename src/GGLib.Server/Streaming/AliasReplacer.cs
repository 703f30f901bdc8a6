using System.Buffers;

namespace GGLib.Server.Streaming;

/// <summary>
/// Puts the client's model name where the engine wrote the alias it was given, in bytes that are otherwise passed on as they are. The alias is random and
/// never shown to the model, so it stands in an answer only where the model's name is meant; no JSON need be understood. Cuts between reads may fall anywhere.
/// </summary>
internal sealed class AliasReplacer(ReadOnlyMemory<byte> alias, ReadOnlyMemory<byte> name) : IByteStage
{
    // The end of what was read so far that may be the beginning of the alias.
    private readonly byte[] _held = new byte[alias.Length];
    private int _heldLength;

    /// <summary>Passes bytes on; what may be the beginning of an alias is kept until more comes.</summary>
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

    /// <summary>Passes on what was kept back: the stream has ended.</summary>
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
