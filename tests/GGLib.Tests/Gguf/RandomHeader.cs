using System.Text;
using GGLib.Gguf;

namespace GGLib.Tests.Gguf;

/// <summary>Sound headers of random content: every type, nested arrays, tensors of every layout.</summary>
internal static class RandomHeader
{
    private static readonly GgufTensorType[] Types = Enum.GetValues<GgufTensorType>();

    public static GgufWriter Of(Random random)
    {
        var writer = new GgufWriter(random.Next(2, 4));
        if (random.Next(3) == 0)
        {
            writer.Add("general.alignment", 1u << random.Next(9));
        }

        for (var entries = random.Next(12); entries > 0; entries--)
        {
            writer.Add(Text(random), Value(random));
        }

        for (var tensors = random.Next(6); tensors > 0; tensors--)
        {
            // An alignment of 1 would let tensors of unknown layout share a place, which is no fault of a file either.
            writer.AddZeros($"blk.{tensors}.{Text(random)}", Types[random.Next(Types.Length)], [.. Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(9))]);
        }

        return writer;
    }

    private static GgufValue Value(Random random) => random.Next(13) switch
    {
        0 => GgufValue.Of((byte)random.Next()),
        1 => GgufValue.Of((sbyte)random.Next()),
        2 => GgufValue.Of((ushort)random.Next()),
        3 => GgufValue.Of((short)random.Next()),
        4 => GgufValue.Of((uint)random.NextInt64()),
        5 => GgufValue.Of((int)random.NextInt64()),
        6 => GgufValue.Of(BitConverter.Int32BitsToSingle((int)random.NextInt64())),
        7 => GgufValue.Of(random.Next(2) == 0),
        8 => GgufValue.Of(Text(random)),
        9 => GgufValue.Of((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
        10 => GgufValue.Of(random.NextInt64(long.MinValue, long.MaxValue)),
        11 => GgufValue.Of(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
        _ => GgufValue.Of(Values(random, depth: 1)),
    };

    private static GgufArray Values(Random random, int depth)
    {
        var count = random.Next(5);
        return random.Next(depth < 6 ? 6 : 4) switch
        {
            0 => GgufArray.Of([.. Enumerable.Range(0, count).Select(_ => Text(random))]),
            1 => GgufArray.Of([.. Enumerable.Range(0, count).Select(_ => random.NextInt64())]),
            2 => GgufArray.Of([.. Enumerable.Range(0, count).Select(_ => random.NextSingle())]),
            3 => GgufArray.Of([.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 0)]),
            _ => GgufArray.Of([.. Enumerable.Range(0, count).Select(_ => Values(random, depth + 1))]),
        };
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(20); length > 0; length--)
        {
            text.Append(new Rune(random.Next(4) == 0 ? random.Next(0xE000, 0x11000) : random.Next(0xD800)));
        }

        return text.ToString();
    }
}
