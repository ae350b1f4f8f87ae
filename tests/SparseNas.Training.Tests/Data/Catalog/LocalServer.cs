using System.Net;
using System.Net.Sockets;

namespace SparseNas.Training.Tests.Data.Catalog;

/// <summary>A web server on 127.0.0.1 that serves given bytes by path and 404 for everything else.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Dictionary<string, byte[]> files = [];
    private readonly Task serving;

    public LocalServer()
    {
        int port = FreePort();
        Root = $"http://127.0.0.1:{port}/";
        listener.Prefixes.Add(Root);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public string Root { get; }

    /// <summary>Paths in the order in which they were asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Whether answers break off halfway.</summary>
    public bool BreaksOff { get; set; }

    public string Serve(string path, byte[] bytes)
    {
        files[path] = bytes;
        return Root + path;
    }

    public void Dispose()
    {
        listener.Stop();
        serving.Wait();
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                await AnswerAsync(context);
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                continue;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath.TrimStart('/');
        Requests.Add(path);
        if (!files.TryGetValue(path, out byte[]? bytes))
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return;
        }

        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(BreaksOff ? bytes.AsMemory(0, bytes.Length / 2) : bytes);
        if (BreaksOff) context.Response.Abort();
        else context.Response.Close();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
