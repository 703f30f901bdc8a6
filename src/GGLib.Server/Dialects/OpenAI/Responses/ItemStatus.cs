namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>The state of an output item.</summary>
internal enum ItemStatus
{
    InProgress,
    Completed,

    /// <summary>A limit or a failure cut it off.</summary>
    Incomplete,
}
