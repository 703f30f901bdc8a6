using System.Security.Cryptography;
using System.Text;

namespace GGLib.Tests.Catalog.Imports;

/// <summary>A store as Ollama writes it: <c>manifests/HOST/NAMESPACE/MODEL/TAG</c> and <c>blobs/sha256-HEX</c>.</summary>
internal sealed class OllamaFolder
{
    public const string Configuration = """{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"8.0B","file_type":"Q4_K_M","architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""";

    public OllamaFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.Combine(path, "blobs"));
        Directory.CreateDirectory(System.IO.Path.Combine(path, "manifests"));
    }

    public string Path { get; }

    /// <summary>Where a digest's blob lies.</summary>
    public string BlobPath(string digest) => System.IO.Path.Combine(Path, "blobs", digest.Replace(':', '-'));

    /// <summary>Writes a blob; its digest with <c>sha256:</c>.</summary>
    public string Blob(byte[] content)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes(BlobPath(digest), content);
        return digest;
    }

    public string Blob(string text) => Blob(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a manifest with a configuration and these layers; its path.</summary>
    /// <param name="name">For example <c>registry.ollama.ai/library/qwen3/0.6b</c>.</param>
    /// <param name="layers">The last word of a layer's media type, and its digest.</param>
    public string Manifest(string name, params (string Kind, string Digest)[] layers) => Manifest(name, Configuration, layers);

    public string Manifest(string name, string configuration, params (string Kind, string Digest)[] layers)
    {
        var list = string.Join(',', layers.Select(static layer => $$"""{"mediaType":"application/vnd.ollama.image.{{layer.Kind}}","digest":"{{layer.Digest}}","size":1}"""));
        return Raw(name, $$"""{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"{{Blob(configuration)}}","size":{{configuration.Length}}},"layers":[{{list}}]}""");
    }

    /// <summary>Writes any text where a manifest lies.</summary>
    public string Raw(string name, string text)
    {
        var path = System.IO.Path.Combine([Path, "manifests", .. name.Split('/')]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
