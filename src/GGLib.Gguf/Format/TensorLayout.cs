namespace GGLib.Gguf;

/// <summary>Elements and bytes of a quantization block, by ggml's tensor type.</summary>
internal static class TensorLayout
{
    /// <summary>Bytes that many elements take, whole blocks, or null where the type is not known or the product is beyond 2^63.</summary>
    public static long? ByteLength(GgufTensorType type, long elements)
    {
        var (blockElements, blockBytes) = Block(type);
        if (blockElements == 0)
        {
            return null;
        }

        var bytes = (((Int128)elements + blockElements - 1) / blockElements) * blockBytes;
        return bytes > long.MaxValue ? null : (long)bytes;
    }

    private static (int Elements, int Bytes) Block(GgufTensorType type) => type switch
    {
        GgufTensorType.F32 or GgufTensorType.I32 => (1, 4),
        GgufTensorType.F16 or GgufTensorType.BF16 or GgufTensorType.I16 => (1, 2),
        GgufTensorType.F64 or GgufTensorType.I64 => (1, 8),
        GgufTensorType.I8 => (1, 1),
        GgufTensorType.Q4_0 or GgufTensorType.IQ4_NL => (32, 18),
        GgufTensorType.Q4_1 => (32, 20),
        GgufTensorType.Q5_0 => (32, 22),
        GgufTensorType.Q5_1 => (32, 24),
        GgufTensorType.Q8_0 => (32, 34),
        GgufTensorType.Q8_1 => (32, 36),
        GgufTensorType.MXFP4 => (32, 17),
        GgufTensorType.Q2_K => (256, 84),
        GgufTensorType.Q3_K => (256, 110),
        GgufTensorType.Q4_K => (256, 144),
        GgufTensorType.Q5_K => (256, 176),
        GgufTensorType.Q6_K => (256, 210),
        GgufTensorType.Q8_K => (256, 292),
        GgufTensorType.IQ2_XXS => (256, 66),
        GgufTensorType.IQ2_XS => (256, 74),
        GgufTensorType.IQ2_S => (256, 82),
        GgufTensorType.IQ3_XXS => (256, 98),
        GgufTensorType.IQ3_S => (256, 110),
        GgufTensorType.IQ1_S => (256, 50),
        GgufTensorType.IQ1_M => (256, 56),
        GgufTensorType.IQ4_XS => (256, 136),
        GgufTensorType.TQ1_0 => (256, 54),
        GgufTensorType.TQ2_0 => (256, 66),
        GgufTensorType.NVFP4 => (64, 36),
        // Those withdrawn from the file format, and Q1_0 and Q2_0: forks write blocks of other sizes under their numbers, and a
        // wrong size would call a sound file incomplete.
        _ => (0, 0),
    };
}
