using SparseNas.Cli;

return await SparseNasCommandLine.InvokeAsync(args, Terminal.FromProcess(), TimeProvider.System);
