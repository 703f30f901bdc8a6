namespace GGLib.Catalog.Templates.Execution;

/// <summary>How the evaluation of a body ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}
