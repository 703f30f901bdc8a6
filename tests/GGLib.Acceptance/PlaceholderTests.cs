namespace GGLib.Acceptance;

public sealed class PlaceholderTests
{
    [Fact]
    public void Demo_models_are_bundled() => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "models", "demo-chat.gguf")));
}
