using GGLib.Configuration;

namespace GGLib.Tests.Program;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData(null, "127.0.0.1", 11434)]
    [InlineData("", "127.0.0.1", 11434)]
    [InlineData("  ", "127.0.0.1", 11434)]
    [InlineData("1.2.3.4", "1.2.3.4", 11434)]
    [InlineData("1.2.3.4:1234", "1.2.3.4", 1234)]
    [InlineData(" 1.2.3.4:1234 ", "1.2.3.4", 1234)]
    [InlineData("1.2.3.4:", "1.2.3.4", 11434)]
    [InlineData("1.2.3.4:0", "1.2.3.4", 0)]
    [InlineData("1.2.3.4:65535", "1.2.3.4", 65535)]
    [InlineData("1.2.3.4:65536", "1.2.3.4", 11434)]
    [InlineData("1.2.3.4:-1", "1.2.3.4", 11434)]
    [InlineData("1.2.3.4:abc", "1.2.3.4", 11434)]
    [InlineData(":1234", "0.0.0.0", 1234)]
    [InlineData("0.0.0.0", "0.0.0.0", 11434)]
    [InlineData("localhost", "localhost", 11434)]
    [InlineData("LocalHost:8080", "localhost", 8080)]
    [InlineData("example.com", "example.com", 11434)]
    [InlineData("example.com:1234", "example.com", 1234)]
    [InlineData("http://1.2.3.4", "1.2.3.4", 80)]
    [InlineData("https://1.2.3.4", "1.2.3.4", 443)]
    [InlineData("http://1.2.3.4:4321", "1.2.3.4", 4321)]
    [InlineData("http://1.2.3.4:bad", "1.2.3.4", 80)]
    [InlineData("https://example.com:1234/ollama", "example.com", 1234)]
    [InlineData("example.com/ollama", "example.com", 11434)]
    [InlineData("http://", "127.0.0.1", 80)]
    [InlineData("::", "::", 11434)]
    [InlineData("::1", "::1", 11434)]
    [InlineData("[::1]", "::1", 11434)]
    [InlineData("[::1]:1337", "::1", 1337)]
    [InlineData("[::1]:", "::1", 11434)]
    [InlineData("[0001:002:003:0004::1]:1337", "1:2:3:4::1", 1337)]
    public void An_address_is_read_as_Ollama_reads_it(string? text, string host, int port) =>
        Assert.Equal(new ServerAddress(host, port), ServerAddress.Parse(text));

    [Theory]
    [InlineData(null, null, "10.0.0.1", 7)]
    [InlineData("::", null, "::", 7)]
    [InlineData("[::1]", null, "::1", 7)]
    [InlineData(null, 8, "10.0.0.1", 8)]
    [InlineData("localhost", 0, "localhost", 0)]
    public void The_command_line_goes_before_the_environment(string? host, int? port, string expectedHost, int expectedPort)
    {
        var environment = new EnvironmentValues(name => name == "OLLAMA_HOST" ? " \"http://10.0.0.1:7/\" " : null);
        Assert.Equal(new ServerAddress(expectedHost, expectedPort), Settings.Resolve(environment, null, new CommandLineSettings(host, port)).Address);
    }

    [Fact]
    public void Six_is_written_in_brackets()
    {
        Assert.Equal("[::1]:80", new ServerAddress("::1", 80).ToString());
        Assert.Equal("localhost:80", new ServerAddress("localhost", 80).ToString());
    }
}
