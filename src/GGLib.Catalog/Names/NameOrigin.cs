namespace GGLib.Catalog;

/// <summary>Which copy of a model a name asks for.</summary>
public enum NameOrigin
{
    /// <summary>The name does not say; a local copy is meant.</summary>
    Unspecified,

    /// <summary>The name ended in <c>:local</c>.</summary>
    Local,

    /// <summary>The name ended in <c>:cloud</c>, or its tag ends in <c>-cloud</c>: a copy that runs elsewhere.</summary>
    Cloud,
}
