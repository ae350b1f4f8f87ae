Console.WriteLine("sparsenas");
