using GGLib.Catalog.Templates.Values;

namespace GGLib.Catalog.Templates.Parsing;

/// <summary>A piece of a parsed template. <see cref="Position"/> is an index in its text; nothing here changes after parsing.</summary>
internal abstract record Node(int Position);

/// <summary>Text to be written as it is.</summary>
internal sealed record TextNode(int Position, TextValue Text) : Node(Position);

/// <summary>A pipeline whose value is written, unless it only sets a variable.</summary>
internal sealed record ActionNode(int Position, Pipeline Pipeline) : Node(Position);

/// <summary><c>if</c> or <c>with</c>: the first branch whose condition holds, else <see cref="Else"/>.</summary>
internal sealed record BranchNode(int Position, bool SetsDot, IReadOnlyList<Branch> Branches, IReadOnlyList<Node> Else) : Node(Position);

/// <summary>A condition and what it guards.</summary>
internal sealed record Branch(Pipeline Condition, IReadOnlyList<Node> Body);

/// <summary>The body for every element of the pipeline's value, or <see cref="Else"/> when there is none.</summary>
internal sealed record RangeNode(int Position, Pipeline Pipeline, IReadOnlyList<Node> Body, IReadOnlyList<Node> Else) : Node(Position);

/// <summary><c>template</c>, or the place of a <c>block</c>: a named template, with the pipeline's value as its dot.</summary>
internal sealed record InvokeNode(int Position, string Name, Pipeline? Pipeline) : Node(Position);

internal sealed record BreakNode(int Position) : Node(Position);

internal sealed record ContinueNode(int Position) : Node(Position);

/// <summary>Something that can stand in a command.</summary>
internal abstract record Operand(int Position);

internal sealed record ConstantOperand(int Position, TemplateValue Value) : Operand(Position);

internal sealed record NilOperand(int Position) : Operand(Position);

internal sealed record DotOperand(int Position) : Operand(Position);

/// <summary><c>.A.B</c></summary>
internal sealed record FieldOperand(int Position, IReadOnlyList<string> Path) : Operand(Position);

/// <summary><c>$x</c> or <c>$x.A.B</c>; the name has its <c>$</c>.</summary>
internal sealed record VariableOperand(int Position, string Name, IReadOnlyList<string> Path) : Operand(Position);

/// <summary>A function's name.</summary>
internal sealed record FunctionOperand(int Position, string Name) : Operand(Position);

/// <summary>Fields of something in parentheses, or of what a function gives: <c>(index .A 0).B</c>.</summary>
internal sealed record ChainOperand(int Position, Operand Of, IReadOnlyList<string> Path) : Operand(Position);

/// <summary>
/// Commands joined by <c>|</c>, each given the value of the one before it, and the variables that take the result. In
/// parentheses it is an operand.
/// </summary>
internal sealed record Pipeline(int Position, IReadOnlyList<string> Variables, bool Assigns, IReadOnlyList<Command> Commands) : Operand(Position);

/// <summary>An operand and its arguments.</summary>
internal sealed record Command(int Position, IReadOnlyList<Operand> Operands);
