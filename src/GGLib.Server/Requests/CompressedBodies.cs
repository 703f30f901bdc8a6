using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.DependencyInjection;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace GGLib.Server.Requests;

/// <summary>Decodes request bodies with <c>Content-Encoding</c> <c>gzip</c>, <c>deflate</c>, <c>br</c> or <c>zstd</c>. The size limit of bodies applies to the decoded bytes.</summary>
internal static class CompressedBodies
{
    /// <summary>The header of the response to a body in another encoding.</summary>
    public const string Accepted = "gzip, deflate, br, zstd";

    public static void AddCompressedBodies(this IServiceCollection services) => services.AddRequestDecompression(static options => options.DecompressionProviders.Add("zstd", new Zstandard()));

    public static void UseCompressedBodies(this IApplicationBuilder app) => app.UseRequestDecompression();

    /// <summary>Returns the encoding of a body that was not decoded; null if there is none.</summary>
    public static string? UnknownEncoding(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? encoding : null;

    private sealed class Zstandard : IDecompressionProvider
    {
        // 8 MiB: the largest window that RFC 9659 allows in HTTP. It bounds the memory that a client can make the decoder take.
        private const int LargestWindow = 23;

        public Stream GetDecompressionStream(Stream stream)
        {
            var decompressor = new Decompressor();
            decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindow);
            return new DecompressionStream(stream, decompressor, preserveDecompressor: false);
        }
    }
}
