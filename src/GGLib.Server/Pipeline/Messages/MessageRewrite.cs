namespace GGLib.Server.Pipeline.Messages;

/// <summary>A change that fits a conversation to a model's template. The order is that of the response header.</summary>
internal enum MessageRewrite
{
    /// <summary>Several system messages at the start were joined, or a system message became part of the first user message.</summary>
    LeadingSystem,

    /// <summary>A later system message became a reminder in a user message or tool result at the same place.</summary>
    MidSystem,

    /// <summary>Consecutive user messages were joined.</summary>
    ConsecutiveUsers,

    /// <summary>Consecutive assistant messages were joined.</summary>
    ConsecutiveAssistants,

    /// <summary>An empty user message was added before the first assistant message, or to a conversation without user messages.</summary>
    MissingUser,

    /// <summary>A short assistant message was added between a tool result and a user message.</summary>
    UserAfterTool,

    /// <summary>Tool calls and results became text.</summary>
    ToolsAsText,

    /// <summary>A tool result that answers no call became text in a user message.</summary>
    OrphanResult,

    /// <summary>A tool result that did not follow its call was moved to it.</summary>
    LateResult,

    /// <summary>The results of a turn were sorted by their calls.</summary>
    ResultOrder,

    /// <summary>A result was added to a tool call that had none.</summary>
    OpenCall,

    /// <summary>A message with several tool calls was split into messages with one call each.</summary>
    ParallelCalls,

    /// <summary>Ids of tool calls were replaced.</summary>
    CallIds,
}
