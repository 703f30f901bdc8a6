using System.Collections.Immutable;

namespace GGLib.Catalog.Creation;

/// <summary>The formats that weights can be converted to: those of llama-quantize that need no importance matrix.</summary>
public static class QuantizationFormat
{
    /// <summary>Their names, as llama-quantize spells them.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        "F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_M", "Q4_K_S", "Q4_1", "Q4_0", "IQ4_NL", "IQ4_XS", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q2_K",
    ];

    /// <summary>The format meant, whatever the case; null when there is none such.</summary>
    public static string? Find(string text) => All.FirstOrDefault(format => format.Equals(text, StringComparison.OrdinalIgnoreCase));
}
