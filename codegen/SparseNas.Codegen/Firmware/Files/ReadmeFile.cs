using System.Text;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>The README of a generated project: what it is, how to build it, the exact commands that bring it onto its board.</summary>
internal static class ReadmeFile
{
    public static ProjectFile For(FirmwareProject project)
    {
        string name = project.Name.Value;
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"# {name}");
        Line();
        foreach (string line in project.Summary) Line(line);
        Line();
        Line($"Written for {Markdown.Escape(project.Board.Target)} ({Markdown.Escape(project.Board.Description)}).");
        Line();
        Line("## Build");
        Line();
        foreach (string line in BuildLines(project)) Line(line);
        Line();
        Line("## Flash");
        Line();
        foreach (string line in FlashLines(project)) Line(line);
        Line();
        Line("## Check");
        Line();
        foreach (string line in CheckLines) Line(line);
        Line();
        Line("## Use the model in your own code");
        Line();
        foreach (string line in UseLines) Line(line);
        Line();
        foreach (string line in ReadsSerialPort(project) ? SerialLines(project.Board) : OwnLines) Line(line);
        return new ProjectFile("README.md", text.ToString());
    }

    private static string[] BuildLines(FirmwareProject project)
    {
        IReadOnlyList<string> build = BoardCommands.Of(project).Build;
        return project.Sdk switch
        {
            FirmwareSdk.Stable =>
            [
                "On Windows with Visual Studio and its nanoFramework extension, in a developer prompt:",
                "",
                "```",
                .. build,
                "```",
                "",
                "Elsewhere with Mono's msbuild, after unpacking the nanoFramework project system from the extension's `.vsix` to DIR:",
                "",
                "```",
                .. build.SkipLast(1),
                build[^1] + " /p:NanoFrameworkProjectSystemPath=DIR/",
                "```",
                "",
                $"Both leave `{BoardCommands.ImagePath(project)}`: the application and every library it needs, as one image.",
            ],
            FirmwareSdk.Preview =>
            [
                "With the .NET SDK, packages and firmware of the 2.x preview (neither mixes with 1.x):",
                "",
                "```",
                .. build,
                "```",
                "",
                $"This leaves `{BoardCommands.ImagePath(project)}`: the application and every library it needs, as one image. Tables of weights, where the code has",
                "any, stay in flash and are read through `ReadOnlySpan`. This variant was compiled against declarations of the preview's libraries and run on .NET;",
                "it has not been tried on a board.",
            ],
            _ => throw new InvalidOperationException($"Unknown project system '{project.Sdk}'."),
        };
    }

    private static IEnumerable<string> FlashLines(FirmwareProject project)
    {
        BoardCommands commands = BoardCommands.Of(project);
        yield return "Once per computer and once per board (replace COM9 by your port, `/dev/ttyUSB0` for example):";
        yield return "";
        yield return "```";
        yield return BoardCommands.InstallTool;
        yield return commands.Install;
        yield return "```";
        yield return "";
        if (project.Board.Connection == FlashConnection.UsbDrive)
        {
            yield return "Hold BOOTSEL while plugging the board in for the update.";
            yield return "";
        }

        yield return "Every time the program changed:";
        yield return "";
        yield return "```";
        yield return commands.Deploy;
        yield return "```";
        if (commands.DeployByProbe is not { } byProbe) yield break;

        yield return "";
        yield return "Or without a running firmware:";
        yield return "";
        yield return "```";
        yield return byProbe;
        yield return "```";
    }

    private static readonly string[] CheckLines =
    [
        "At boot the program runs golden vectors, inputs whose outputs are known to the last bit, and prints lines that begin with",
        "`SPARSENAS`; `SPARSENAS DONE passed=N failed=0 .` means that the board computes the same numbers. Keep the console's output in a",
        "file: Visual Studio's output window shows it, and where the port carries plain text so does",
        "",
        "```",
        "sparsenas monitor --port /dev/ttyUSB0 --out board.log",
        "```",
        "",
        "Then compare outputs, heap and time with the simulator's prediction; what is learnt about the board goes into a board file that",
        "`simulate`, `deploy` and `search` take as `--board`:",
        "",
        "```",
        "sparsenas verify . --log board.log --out measured.json",
        "```",
    ];

    private static readonly string[] UseLines =
    [
        "`Model` in `SparseNas.Generated` is all there is; once its arena exists, only `Label` allocates: 12 bytes that refer to the name in flash.",
        "",
        "```csharp",
        "Model.Reset();",
        "for (int row = 0; row < Model.InputHeight; row++)",
        "{",
        "    port.Read(Model.Arena, Model.RowOffset, Model.RowBytes);             // raw sensor bytes, columns of channels: no array but the model's own",
        "    Model.RowArrived();",
        "}",
        "",
        "Model.Run();",
        "string name = Model.Label(Model.Class());                                // Model.Logit(index) for each class's score",
        "```",
        "",
        "`Model.PushRow(row)` does both for a row that lies in an array of its own.",
    ];

    private static readonly string[] OwnLines =
    [
        "Put that into `Live.Run` in `Live.cs`. Written with `deploy --live serial`, that file classifies images from a serial port instead.",
    ];

    private static bool ReadsSerialPort(FirmwareProject project) =>
        project.Assemblies[^1].Sources.Any(source => source.Path == Application.WiringSource.FileName);

    private static string[] SerialLines(BoardDeployment board) =>
    [
        $"`Live.cs` does that with images from a serial port, {board.SerialPort} at 115,200 baud; `Wiring.cs` names port{(board.AssignsPins ? " and pins" : "")}. Send rows as raw bytes: each is",
        "answered by a dot when the next may come, each image by a line such as `CLASS 0007 seven`; a second of silence inside an image drops it,",
        "`RESET 0012` tells how many rows had arrived. Without a board:",
        "",
        "```",
        "sparsenas simulate . --serial image.raw",
        "```",
    ];
}
