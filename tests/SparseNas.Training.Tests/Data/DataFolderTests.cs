using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void TheFirstOfNamedEnvironmentLocalAndSharedIsTaken()
    {
        string deep = Make("repository/src/deep"), shared = Make("shared/data"), named = Make("named"), environment = Make("environment");
        Assert.Equal(shared, DataFolder.Find(null, null, deep));
        string local = Make("repository/src/deep/data");
        Assert.Equal(local, DataFolder.Find(null, "", deep));
        Assert.Equal(environment, DataFolder.Find(null, environment, deep));
        Assert.Equal(named, DataFolder.Find(named, environment, deep));
    }

    [Fact]
    public void WhatIsNamedMustExist()
    {
        string absent = Path.Combine(folder.Path, "absent");
        string named = Assert.Throws<DatasetException>(() => DataFolder.Find(absent, null, folder.Path)).Message;
        Assert.StartsWith(absent, named);
        Assert.Contains("name one that holds a folder per dataset", named);
        Assert.Contains("SPARSENAS_DATA does not exist; set it to a folder that holds one per dataset", Assert.Throws<DatasetException>(() => DataFolder.Find(null, absent, folder.Path)).Message);
    }

    [Fact]
    public void AFolderWithoutTheDatasetSaysHowToGetIt()
    {
        string message = Assert.Throws<DatasetException>(() => DatasetCatalog.Load("mnist", folder.Path)).Message;
        Assert.Contains("has no 'mnist' in it; `sparsenas data get mnist --data", message);
    }

    public void Dispose() => folder.Dispose();

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
}
