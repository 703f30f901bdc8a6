namespace GGLib.Catalog.Registries;

/// <summary>
/// What a name means as a source: a model of a registry that speaks Ollama's protocol, a repository of the Hugging Face Hub, or one file at an address. Immutable; equal
/// when the same thing would be fetched.
/// </summary>
public abstract record RemoteName
{
    private RemoteName(ModelName model) => Model = model;

    /// <summary>The name under which it is kept.</summary>
    public ModelName Model { get; }

    /// <summary>Reads a name as a user writes it: <c>qwen3:0.6b</c>, <c>user/model:tag</c>, <c>host:port/ns/model:tag</c>, <c>hf.co/owner/repo:Q8_0</c>, <c>https://…/x.gguf</c>.</summary>
    /// <param name="text">The name. White space around it is ignored.</param>
    /// <param name="failure">Why there is none, when null is returned: <see cref="TransferFault.InvalidName"/>, <see cref="TransferFault.Unsupported"/>.</param>
    public static RemoteName? Parse(string? text, out TransferFailure? failure) => RemoteNameParser.Parse(text, out failure);

    /// <summary>A model of a registry.</summary>
    /// <param name="Model">The name under which it is kept, and under which the registry has it.</param>
    /// <param name="Scheme"><c>http</c> or <c>https</c> when the name says so, else null.</param>
    public sealed record Registry(ModelName Model, string? Scheme) : RemoteName(Model)
    {
        /// <summary>As shown, without the defaults.</summary>
        public override string ToString() => Model.Display;

        // Registries tell upper from lower case where a library does not.
        public bool Equals(Registry? other) => other is not null && Model.Full == other.Model.Full && Scheme == other.Scheme;

        public override int GetHashCode() => HashCode.Combine(Model.Full, Scheme);
    }

    /// <summary>A repository of the Hugging Face Hub.</summary>
    /// <param name="Model">The name under which it is kept.</param>
    /// <param name="Owner">The user or organisation.</param>
    /// <param name="Repository">The repository.</param>
    /// <param name="Wanted">The quantisation, or a file's name or path within; null when the name leaves the choice.</param>
    public sealed record HuggingFace(ModelName Model, string Owner, string Repository, string? Wanted) : RemoteName(Model)
    {
        public override string ToString() => Wanted is null ? $"hf.co/{Owner}/{Repository}" : $"hf.co/{Owner}/{Repository}:{Wanted}";

        public bool Equals(HuggingFace? other) => other is not null && Owner == other.Owner && Repository == other.Repository && Wanted == other.Wanted;

        public override int GetHashCode() => HashCode.Combine(Owner, Repository, Wanted);
    }

    /// <summary>One GGUF file.</summary>
    /// <param name="Model">The name under which it is kept.</param>
    /// <param name="Address">Where it is; HTTP or HTTPS.</param>
    public sealed record File(ModelName Model, Uri Address) : RemoteName(Model)
    {
        public override string ToString() => Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

        public bool Equals(File? other) => other is not null && Address == other.Address;

        public override int GetHashCode() => Address.GetHashCode();
    }
}
