using System.Net;
using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

/// <summary><c>data list|check|get</c> as a user calls them; downloads come from a server on this machine.</summary>
public class DataCommandTests
{
    [Fact]
    public void List_has_source_licence_and_checksums_as_json_too()
    {
        using JsonDocument list = JsonDocument.Parse(SparseNasProcess.Run("data", "list", "--json").Output);

        JsonElement mnist = list.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "mnist");
        Assert.StartsWith("http", mnist.GetProperty("homepage").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(mnist.GetProperty("licence").GetString()!);
        Assert.All(mnist.GetProperty("files").EnumerateArray(), file => Assert.Equal(64, file.GetProperty("sha256").GetString()!.Length));
    }

    [DataFact("optdigits")]
    public void Get_fetches_from_a_server_verifies_and_keeps_nothing_that_is_not_the_known_content()
    {
        using var folder = new TemporaryFolder();
        string data = folder.File("data"), damaged = folder.File("damaged");
        Directory.CreateDirectory(Path.Combine(damaged, "optdigits"));
        foreach (string file in Directory.GetFiles(Path.Combine(SharedFiles.DataFolder!, "optdigits")))
        {
            byte[] content = File.ReadAllBytes(file);
            content[^2] ^= 1;
            File.WriteAllBytes(Path.Combine(damaged, "optdigits", Path.GetFileName(file)), content);
        }

        using (var server = new FileServer(damaged))
        {
            SparseNasProcess.Result refused = SparseNasProcess.Run("data", "get", "optdigits", "--mirror", server.Address, "--data", data);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("expected SHA-256", refused.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(data, "*", SearchOption.AllDirectories));
        }

        using (var server = new FileServer(SharedFiles.DataFolder!))
        {
            SparseNasProcess.Result got = SparseNasProcess.Run("data", "get", "optdigits", "--mirror", server.Address, "--data", data);
            Assert.True(got.ExitCode == 0, got.Error);
            Assert.Contains("optdigits.tra", got.Output, StringComparison.Ordinal);
            Assert.Contains("verified", got.Error, StringComparison.Ordinal);
        }

        SparseNasProcess.Result check = SparseNasProcess.Run("data", "check", "optdigits", "--data", data, "--quiet");
        Assert.True(check.ExitCode == 0, check.Error);
        Assert.Empty(check.Error);
        Assert.Contains("readable", check.Output, StringComparison.Ordinal);
    }

    [DataFact("cifar10")]
    public void Check_recognises_the_rebuilt_cifar10_and_says_what_it_is()
    {
        SparseNasProcess.Result check = SparseNasProcess.Run("data", "check", "cifar10", "--data", SharedFiles.DataFolder!, "--quiet");

        Assert.True(check.ExitCode == 0, check.Error);
        Assert.StartsWith("cifar10: REBUILT CIFAR-10", check.Output, StringComparison.Ordinal);
    }

    /// <summary>Serves the files below a folder on a free port of this machine.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly string root;

        public FileServer(string root)
        {
            this.root = root;
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Address = $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            }

            listener.Prefixes.Add(Address);
            listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public string Address { get; }

        public void Dispose() => listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext request = await listener.GetContextAsync();
                    string path = Path.Combine(root, request.Request.Url!.LocalPath.TrimStart('/'));
                    if (File.Exists(path)) await request.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
                    else request.Response.StatusCode = 404;
                    request.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
