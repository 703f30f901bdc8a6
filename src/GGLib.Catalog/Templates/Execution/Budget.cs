namespace GGLib.Catalog.Templates.Execution;

/// <summary>
/// What one rendering may still use, and where in the template it is, so that every fault has a place. Not thread-safe: each
/// rendering has its own.
/// </summary>
internal sealed class Budget(TemplateLimits limits)
{
    private const int Step = 64;

    private long _work = limits.MaxWork;
    private long _madeText = limits.MaxMadeText;
    private int _depth;

    /// <summary>The index in the template's text of what is being evaluated.</summary>
    public int Position { get; set; }

    /// <summary>Counts one step of the evaluation.</summary>
    public void SpendStep() => Spend(Step);

    /// <summary>Counts work that grows with data, such as bytes compared.</summary>
    public void Spend(long units)
    {
        if ((_work -= units) < 0)
        {
            throw Fault("it takes too many steps");
        }
    }

    /// <summary>Counts text that is made in memory.</summary>
    public void SpendText(int bytes)
    {
        if ((_madeText -= bytes) < 0)
        {
            throw Fault("it makes too much text");
        }

        Spend(bytes);
    }

    /// <summary>Goes one level deeper; <see cref="Leave"/> goes back. The stack is asked too: the caller may stand deep in it already.</summary>
    public void Enter()
    {
        if (++_depth > limits.MaxDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault("it goes too deep");
        }
    }

    public void Leave() => _depth--;

    /// <summary>A fault at <see cref="Position"/>.</summary>
    public TemplateException Fault(string message) => new(message, Position);
}
