using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Catalog;

namespace SparseNas.Training.Tests.Data.Catalog;

public sealed class DatasetDownloaderTests : IDisposable
{
    private static readonly byte[] Content = Bytes(1, 300_000);
    private readonly TemporaryFolder folder = new();
    private readonly LocalServer server = new();
    private readonly HttpClient http = new();

    [Fact]
    public async Task FilesArriveVerifiedAndAreNotFetchedTwice()
    {
        DatasetFacts facts = Facts(Known("toy/a.bin", Content), Known("toy/b.bin", Bytes(2, 10)));
        var reports = new List<DownloadProgress>();
        Assert.Equal(["toy/a.bin", "toy/b.bin"], await Download(facts, new Collector(reports)));
        Assert.Equal(Content, File.ReadAllBytes(At("toy/a.bin")));
        Assert.Equal(10, reports[^1].DoneBytes);
        Assert.Contains(reports, report => report.DoneBytes == 300_000 && report.TotalBytes == 300_000);
        File.Delete(At("toy/b.bin"));
        Assert.Equal(["toy/b.bin"], await Download(facts));
        Assert.Equal(["toy/a.bin", "toy/b.bin", "toy/b.bin"], server.Requests);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task FalseContentNeverGetsTheName()
    {
        KnownFile known = Known("toy/a.bin", Content);
        byte[] flipped = [.. Content];
        flipped[1000] ^= 1;
        foreach ((byte[] served, string law) in new[] { (flipped, "expected SHA-256"), (Content[..^1], "expected 300000 bytes, found 299999"), ([.. Content, 0], "found more") })
        {
            server.Serve("toy/a.bin", served);
            await Fails(Facts(known), law);
        }

        await Fails(Facts(known with { Url = server.Root + "absent" }), "404");
        server.Serve("toy/a.bin", Content);
        server.BreaksOff = true;
        await Fails(Facts(known), "failed");
        await Fails(Facts(known with { Url = "http://127.0.0.1:1/a" }), "the download failed");
    }

    [Fact]
    public async Task ACancelledDownloadLeavesNothing()
    {
        DatasetFacts facts = Facts(Known("toy/a.bin", Content));
        using var cancellation = new CancellationTokenSource();
        var stop = new Collector([], cancellation.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Download(facts, stop, cancellation.Token));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [FullDeviceFact]
    public async Task AFullDiskLeavesNothing()
    {
        Directory.CreateDirectory(At("toy"));
        File.CreateSymbolicLink(At("toy/a.bin.part"), FullDeviceFactAttribute.Device);
        await Fails(Facts(Known("toy/a.bin", Content)), "No space left on device");
    }

    [Fact]
    public async Task AFileOfTheUserIsNeverReplaced()
    {
        folder.Write("toy/a.bin", "my own work");
        var problem = await Assert.ThrowsAsync<DatasetException>(() => Download(Facts(Known("toy/a.bin", Content))));
        Assert.Contains("a file of another content is in the way", problem.Message);
        Assert.Equal("my own work", File.ReadAllText(At("toy/a.bin")));
    }

    [Fact]
    public async Task AnArchiveIsUnpackedAndItsFilesAreRemembered()
    {
        byte[] train = Bytes(3, 5000), test = Bytes(4, 1000);
        byte[] packed = TarGz(("home/train.bin", train), ("home/readme", [1]), ("home/test.bin", test));
        DatasetFacts facts = WithArchive(packed, ("home/train.bin", "toy/train.bin"), ("home/test.bin", "toy/test.bin"));
        Assert.Equal(["toy/test.bin", "toy/train.bin"], await Download(facts));
        Assert.Equal(train, File.ReadAllBytes(At("toy/train.bin")));
        Assert.Equal(["test.bin", "train.bin", "unpacked.sha256"], Directory.GetFiles(At("toy")).Select(Path.GetFileName).Order());
        Assert.Empty(await Download(facts));

        folder.Write("toy/test.bin", "changed");
        Assert.Contains("in the way", (await Assert.ThrowsAsync<DatasetException>(() => Download(facts))).Message);
    }

    [Fact]
    public async Task AnArchiveThatLacksAMemberLeavesNothing()
    {
        byte[] packed = TarGz(("home/train.bin", Bytes(3, 5000)));
        await Fails(WithArchive(packed, ("home/train.bin", "toy/train.bin"), ("home/test.bin", "toy/test.bin")), "the archive lacks home/test.bin");
    }

    [Fact]
    public async Task WhatIsNotOfferedSaysWhereToLook()
    {
        await Fails(DatasetFacts.Of("chars74k"), "https://www.kaggle.com/");
        await Fails(DatasetFacts.Of("glyphs"), "needs no files");
    }

    public void Dispose()
    {
        http.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    private async Task Fails(DatasetFacts facts, string law)
    {
        var problem = await Assert.ThrowsAsync<DatasetException>(() => Download(facts));
        Assert.Contains(law, problem.Message);
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private async Task<string[]> Download(DatasetFacts facts, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        [.. await new DatasetDownloader(http).DownloadAsync(facts, folder.Path, progress, cancellation)];

    private KnownFile Known(string path, byte[] content) => new(path, content.Length, Sha256(content), "original", server.Serve(path, content));

    private static DatasetFacts Facts(params KnownFile[] files) =>
        new("toy", "Toy", [1, 1, 1], 1, 1, ["0"], "none", "http://127.0.0.1/", "", "toys", [.. files]);

    private DatasetFacts WithArchive(byte[] packed, params (string Member, string Path)[] members) => Facts() with
    {
        Archive = new KnownArchive(
            server.Serve("toy.tar.gz", packed), packed.Length, Sha256(packed), members.ToImmutableDictionary(of => of.Member, of => of.Path)),
    };

    private static byte[] TarGz(params (string Name, byte[] Content)[] members)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return TemporaryFolder.Gzip(tar.ToArray());
    }

    private string At(string path) => Path.Combine(folder.Path, path);

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Bytes(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))];
    }

    /// <summary>A fact that writes to the device that is always full.</summary>
    private sealed class FullDeviceFactAttribute : FactAttribute
    {
        public const string Device = "/dev/full";

        public FullDeviceFactAttribute() => Skip = File.Exists(Device) ? null : $"this system has no {Device}";
    }

    private sealed class Collector(List<DownloadProgress> reports, Action? then = null) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            reports.Add(value);
            then?.Invoke();
        }
    }
}
