namespace GGLib.Engine.Processes;

/// <summary>Whether this machine ends the children of a gglib that is killed. Where it does not, the next start sweeps them.</summary>
public static class ParentDeath
{
    public static bool IsTold => ChildCommand.DiesWithParent;
}
