using System.Diagnostics.CodeAnalysis;

namespace GGLib.Catalog;

/// <summary>
/// A model's name in Ollama's grammar, <c>[host/][namespace/]model[:tag]</c>, with the defaults filled in. Two names are
/// equal when their parts are, without regard to case. Immutable.
/// </summary>
public sealed class ModelName : IEquatable<ModelName>
{
    public const string DefaultHost = "registry.ollama.ai";
    public const string DefaultNamespace = "library";
    public const string DefaultTag = "latest";

    internal ModelName(string host, string @namespace, string model, string tag, NameOrigin origin, bool hadCloudSuffix)
    {
        Host = host;
        Namespace = @namespace;
        Model = model;
        Tag = tag;
        Origin = origin;
        HadCloudSuffix = hadCloudSuffix;
    }

    /// <summary>The registry, <c>registry.ollama.ai</c> unless given; may carry a port.</summary>
    public string Host { get; }

    /// <summary>The owner within the registry, <c>library</c> unless given.</summary>
    public string Namespace { get; }

    /// <summary>The model itself; never empty.</summary>
    public string Model { get; }

    /// <summary>The variant, <c>latest</c> unless given.</summary>
    public string Tag { get; }

    /// <summary>Which copy the text asked for. Takes no part in equality.</summary>
    public NameOrigin Origin { get; }

    /// <summary>The short form people see: host and namespace only where they are not the defaults, the tag always.</summary>
    public string Display =>
        IsDefaultHost
            ? IsDefaultNamespace ? $"{Model}:{Tag}" : $"{Namespace}/{Model}:{Tag}"
            : Full;

    /// <summary>All four parts, for example <c>registry.ollama.ai/library/phi3:latest</c>.</summary>
    public string Full => $"{Host}/{Namespace}/{Model}:{Tag}";

    /// <summary>Whether the text ended in <c>:cloud</c>, which is no part of the name: no local model can be meant.</summary>
    internal bool HadCloudSuffix { get; }

    internal bool HasDefaultTag => Tag.Equals(DefaultTag, StringComparison.OrdinalIgnoreCase);

    private bool IsDefaultHost => Host.Equals(DefaultHost, StringComparison.OrdinalIgnoreCase);

    private bool IsDefaultNamespace => Namespace.Equals(DefaultNamespace, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Parses a name as clients write it. White space around it is ignored, so is a scheme before a host; <c>:local</c> and
    /// <c>:cloud</c> at the end are taken off into <see cref="Origin"/>.
    /// </summary>
    /// <returns>False when the text is no valid name: an empty, overlong or ill-formed part, or too many parts.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ModelName? name)
    {
        name = ModelNameParser.Parse(text);
        return name is not null;
    }

    /// <summary>
    /// A valid name for a model that has only a file name: the name without folder, <c>.gguf</c> and the <c>-00001-of-00003</c> of a
    /// split model, characters that names may not have replaced by <c>-</c>, tag <c>latest</c>. Case is kept.
    /// </summary>
    public static ModelName FromFileName(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return new(DefaultHost, DefaultNamespace, FileNameToModel.Convert(fileName), DefaultTag, NameOrigin.Unspecified, hadCloudSuffix: false);
    }

    public bool Equals(ModelName? other) =>
        other is not null
        && Model.Equals(other.Model, StringComparison.OrdinalIgnoreCase)
        && Tag.Equals(other.Tag, StringComparison.OrdinalIgnoreCase)
        && Namespace.Equals(other.Namespace, StringComparison.OrdinalIgnoreCase)
        && Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => Equals(obj as ModelName);

    public override int GetHashCode()
    {
        var compare = StringComparer.OrdinalIgnoreCase;
        return HashCode.Combine(compare.GetHashCode(Host), compare.GetHashCode(Namespace), compare.GetHashCode(Model), compare.GetHashCode(Tag));
    }

    public static bool operator ==(ModelName? left, ModelName? right) => Equals(left, right);

    public static bool operator !=(ModelName? left, ModelName? right) => !Equals(left, right);

    /// <summary><see cref="Display"/>.</summary>
    public override string ToString() => Display;
}
