namespace GGLib.Server.Requests;

/// <summary>How a model's tool calls are checked before the client receives them. Immutable. The default checks nothing.</summary>
/// <param name="Repairs">Whether the model is asked again for a call that is invalid.</param>
/// <param name="LoopLimit">The number of identical calls in a row that ends a turn; 0 for no limit.</param>
internal readonly record struct ToolCallRules(bool Repairs, int LoopLimit)
{
    public bool IsEmpty => !Repairs && LoopLimit == 0;
}
