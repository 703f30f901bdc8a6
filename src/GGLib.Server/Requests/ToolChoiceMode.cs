namespace GGLib.Server.Requests;

/// <summary>Whether the model calls tools.</summary>
internal enum ToolChoiceMode
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No tool is called.</summary>
    None,

    /// <summary>At least one tool is called.</summary>
    Required,
}
