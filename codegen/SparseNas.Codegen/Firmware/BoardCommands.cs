namespace SparseNas.Codegen.Firmware;

/// <summary>The commands that bring a project onto its board, ready to paste in its folder; <c>COM9</c> stands for the user's port.</summary>
/// <param name="Build">Make the image.</param>
/// <param name="Install">Once per board: put the runtime on it.</param>
/// <param name="Deploy">Every time: put the image on it, through the runtime that is there.</param>
/// <param name="DeployByProbe">The same through a debug probe; null where no flash address is known.</param>
public sealed record BoardCommands(IReadOnlyList<string> Build, string Install, string Deploy, string? DeployByProbe)
{
    /// <summary>Once per computer: the flashing tool (nanoframework/nanoFirmwareFlasher).</summary>
    public const string InstallTool = "dotnet tool install -g nanoff";

    /// <summary>The commands for a project.</summary>
    public static BoardCommands Of(FirmwareProject project)
    {
        BoardDeployment board = project.Board;
        string name = project.Name.Value, image = ImagePath(project);
        string preview = project.Sdk == FirmwareSdk.Preview ? " --preview" : "";
        return new BoardCommands(
            project.Sdk switch
            {
                FirmwareSdk.Stable => [$"nuget restore {name}.sln", $"msbuild {name}.sln /p:Configuration=Release"],
                FirmwareSdk.Preview => [$"dotnet build {name}.sln -c Release"],
                _ => throw new InvalidOperationException($"Unknown project system '{project.Sdk}'."),
            },
            board.Connection switch
            {
                FlashConnection.Serial => $"nanoff --update --target {board.Target} --serialport COM9{preview}",
                FlashConnection.UsbDrive => $"nanoff --update --target {board.Target}{preview}",
                FlashConnection.Jtag => $"nanoff --update --target {board.Target} --jtag{preview}",
                FlashConnection.Dfu => $"nanoff --update --target {board.Target} --dfu{preview}",
                FlashConnection.Probe => $"nanoff --update --target {board.Target}{preview}",
                FlashConnection.RunningBoard => $"nanoff --nanodevice --update --serialport COM9{preview}",
                _ => throw new InvalidOperationException($"Unknown connection '{board.Connection}'."),
            },
            $"nanoff --nanodevice --deploy --serialport COM9 --image {image}",
            board.DeploymentAddress is { } address ? $"nanoff --target {board.Target} --deploy --image {image} --address {address} --reset" : null);
    }

    /// <summary>Where building leaves the image, below the project's folder.</summary>
    public static string ImagePath(FirmwareProject project) => project.Sdk switch
    {
        FirmwareSdk.Stable => $"{project.Name}/bin/Release/{project.Name}.bin",
        FirmwareSdk.Preview => $"{project.Name}/bin/Release/netnano1.0/{project.Name}.bin",
        _ => throw new InvalidOperationException($"Unknown project system '{project.Sdk}'."),
    };
}
